// Evaluates IAM requests: reads JSON lines, writes one JSON line for each.
// {"id", "kind", "document"} validates and keeps a policy; the answer lists its errors.
// Any other line is a request that names its policies by id; the answer is IAM's decision.
import { createInterface } from 'node:readline'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourceControlPolicy,
  validateResourcePolicy,
  validateServiceControlPolicy
} from '@cloud-copilot/iam-policy'

const VALIDATORS = {
  identity: validateIdentityPolicy,
  resource: validateResourcePolicy,
  scp: validateServiceControlPolicy,
  rcp: validateResourceControlPolicy
}
const policies = new Map()

function keep({ id, kind, document }) {
  const policy = createValidatedPolicy(document, VALIDATORS[kind])
  policies.set(id, policy)
  return { errors: policy.errors.map((each) => `${each.path}: ${each.message}`) }
}

const named = (ids) => ids.map((id) => ({ name: id, policy: policies.get(id) }))
const level = (ids) => (ids.length ? [{ orgIdentifier: 'o-root', policies: named(ids) }] : [])

async function decide(request) {
  const simulation = {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context
    },
    identityPolicies: named(request.identity),
    permissionBoundaryPolicies: request.boundary ? named([request.boundary]) : undefined,
    resourcePolicy: request.resource_policy ? policies.get(request.resource_policy) : undefined,
    sessionPolicy: request.session ? policies.get(request.session) : undefined,
    serviceControlPolicies: level(request.scps),
    resourceControlPolicies: level(request.rcps),
    additionalSettings: { s3: { bucketAbacEnabled: false, blockPublicAccess: request.block_public } }
  }
  if (!request.is_checked) {
    return { decision: runUnsafeSimulation(simulation, {}), blocked_by: [], ignored_keys: [] }
  }
  const answer = await runSimulation(simulation, {})
  if (answer.resultType === 'error') {
    return { error: answer.errors.message }
  }
  const parts = answer.resultType === 'single' ? [answer.result] : answer.results
  return {
    decision: answer.overallResult,
    blocked_by: parts.flatMap((each) => each.analysis.blockedBy ?? []),
    ignored_keys: parts.flatMap((each) => each.ignoredContextKeys ?? [])
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  const answer = 'document' in message ? keep(message) : await decide(message)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

// Serves a folder as a CloudFront distribution would: behaviors, functions and response headers policies are those of
// the synthesized Terraform JSON. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { extname, join, normalize } from 'node:path'
import { runInNewContext } from 'node:vm'

const TYPES = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json',
  '.png': 'image/png', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2'
}
const NOT_FOUND = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'

export function serve({ folder, behaviors, key, certificate }) {
  const prepared = behaviors.map(prepare)
  const server = createServer({ key, cert: certificate }, (request, response) => {
    answer(prepared, folder, request, response).catch(error => response.destroy(error))
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function prepare(behavior) {
  const pattern = behavior.path_pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')
  const functions = Object.fromEntries(
    Object.entries(behavior.functions).map(([event, code]) => [event, runInNewContext(`${code}; handler`)])
  )
  return { ...behavior, pattern: new RegExp(`^${pattern}$`), functions }
}

async function answer(behaviors, folder, request, response) {
  const path = new URL(request.url, 'https://localhost').pathname
  const behavior = behaviors.find(each => each.pattern.test(path))
  const rewrite = behavior.functions['viewer-request'] ?? (event => event.request)
  const uri = rewrite({ request: { method: request.method, uri: path } }).uri
  const origin = behavior.origin === 'api' ? answerFromApi(uri) : await readObject(folder, uri, request)
  const { status, headers } = finish(behavior, origin)
  response.writeHead(status, headers)
  response.end(request.method === 'HEAD' || status === 304 ? undefined : origin.body)
}

function answerFromApi(uri) {
  const found = uri === '/api/health'
  const body = JSON.stringify(found ? { status: 'ok' } : { error: 'not found' })
  return { status: found ? 200 : 404, headers: { 'content-type': 'application/json', server: 'pod' }, body }
}

async function readObject(folder, uri, request) {
  const server = { server: 'AmazonS3' }
  try {
    const body = await readFile(join(folder, normalize(uri)))
    const etag = `"${createHash('md5').update(body).digest('hex')}"`
    const type = TYPES[extname(uri)] ?? 'application/octet-stream'
    const status = request.headers['if-none-match'] === etag ? 304 : 200
    return { status, headers: { ...server, etag, 'content-type': type }, body }
  } catch {
    return { status: 404, headers: { ...server, 'content-type': 'application/xml' }, body: NOT_FOUND }
  }
}

// The headers policy applies to all responses, also to errors. Functions run for none above 399. AWS does not document
// which of the two comes first.
function finish(behavior, origin) {
  const steps = [
    response => applyPolicy(behavior.headers, response),
    response => runFunction(behavior.functions['viewer-response'], response)
  ]
  if (behavior.functionFirst) steps.reverse()
  return steps.reduce((response, step) => step(response), { status: origin.status, headers: { ...origin.headers } })
}

function applyPolicy(policy, { status, headers }) {
  const kept = Object.entries(headers).filter(([name]) => !policy.removed.includes(name))
  const result = Object.fromEntries(kept)
  for (const { name, value, override } of policy.set) {
    if (override || !(name in result)) result[name] = value
  }
  return { status, headers: result }
}

function runFunction(handler, { status, headers }) {
  if (!handler || status >= 400) return { status, headers }
  const values = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]))
  const response = handler({ response: { statusCode: status, headers: values } })
  const changed = Object.entries(response.headers).map(([name, { value }]) => [name, value])
  return { status: response.statusCode, headers: Object.fromEntries(changed) }
}

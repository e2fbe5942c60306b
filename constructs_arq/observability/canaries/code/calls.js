'use strict'

const { AGENT } = require('./settings')

// Makes the calls in order, with the cookies that earlier answers set. The first wrong answer rejects.
// A call is { method, path, status, contains }: `contains` are fields that the JSON of the answer must have.
exports.callInOrder = async ({ origin, calls, seconds }) => {
  const cookies = new Map()
  const deadline = AbortSignal.timeout(seconds * 1000)
  for (const call of calls) await callOnce(origin, call, cookies, deadline)
}

async function callOnce (origin, { method, path, status, contains }, cookies, deadline) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(origin + path, {
    method, redirect: 'manual', signal: deadline, headers: { 'User-Agent': AGENT, ...(cookie && { cookie }) }
  }).catch(error => { throw new Error(`${method} ${path} failed: ${error.cause?.message ?? error.message}`) })
  for (const line of response.headers.getSetCookie()) keep(cookies, line)
  const body = await response.text()
  if (response.status !== status) {
    throw new Error(`${method} ${path} answered ${response.status} instead of ${status}`)
  }
  if (contains !== undefined) requireFields(`${method} ${path}`, contains, body)
}

function keep (cookies, line) {
  const [pair] = line.split(';')
  const at = pair.indexOf('=')
  cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
}

// A wrong answer is not in the message: artifacts keep messages, and an answer may contain personal data.
function requireFields (call, contains, body) {
  let answer
  try {
    answer = JSON.parse(body)
  } catch {
    throw new Error(`${call} answered no JSON`)
  }
  for (const [name, value] of Object.entries(contains)) {
    if (answer?.[name] !== value) throw new Error(`${call} answered without ${name}=${JSON.stringify(value)}`)
  }
}

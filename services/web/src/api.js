// Calls of the API. The session's cookie belongs to the origin, and scripts can't read it.

const ATTEMPTS = 3
const PAUSE = 1000

export class ApiError extends Error {
  constructor(status, detail) {
    super(typeof detail === 'string' ? detail : 'The input is invalid')
    this.status = status
  }
}

async function call(method, path, { body, headers } = {}) {
  const json = body && { 'Content-Type': 'application/json' }
  const response = await fetch(`/api${path}`, {
    method, headers: { ...json, ...headers }, body: body && JSON.stringify(body)
  })
  const type = response.headers.get('Content-Type') ?? ''
  const answer = type.startsWith('application/json') ? await response.json() : null
  if (!response.ok) throw new ApiError(response.status, answer?.detail ?? `Error ${response.status}`)
  return answer
}

let session

// Starts a session unless there is one. React calls effects twice during development.
export function requireSession() {
  session ??= call('GET', '/session').catch(error => {
    if (error.status !== 401) throw error
    return call('POST', '/session')
  }).catch(error => {
    session = undefined
    throw error
  })
  return session
}

// A session ends when nobody uses it, or when the cache loses it. The next call of requireSession starts another one.
async function callWithSession(...request) {
  try {
    return await call(...request)
  } catch (error) {
    if (error.status === 401) session = undefined
    throw error
  }
}

export const listAccounts = () => callWithSession('GET', '/accounts')
export const openAccount = currency => callWithSession('POST', '/accounts', { body: { currency } })
export const listEntries = account => callWithSession('GET', `/accounts/${account}/entries`)

// The answer can get lost after the entry is booked. A repeated call with the same key books nothing again.
export async function addEntry(account, entry, key) {
  const request = { body: entry, headers: { 'Idempotency-Key': key } }
  for (let attempt = 1; ; attempt++) {
    try {
      return await callWithSession('POST', `/accounts/${account}/entries`, request)
    } catch (error) {
      if (attempt === ATTEMPTS || !isTemporary(error)) throw error
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE))
  }
}

function isTemporary(error) {
  return !(error instanceof ApiError) || [502, 503, 504].includes(error.status)
}

// Calls of the API. The session's cookie belongs to the origin, and scripts can't read it.

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

export const listAccounts = () => call('GET', '/accounts')
export const openAccount = currency => call('POST', '/accounts', { body: { currency } })
export const listEntries = account => call('GET', `/accounts/${account}/entries`)

// The key makes a repeated call safe, for example after a lost response.
export const addEntry = (account, entry, key) =>
  call('POST', `/accounts/${account}/entries`, { body: entry, headers: { 'Idempotency-Key': key } })

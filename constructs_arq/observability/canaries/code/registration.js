'use strict'

const { AGENT } = require('./settings')

const DAY = 86_400_000

// Returns the days until the registration of a domain expires, from the RDAP server of its registry.
// `bootstrap` is IANA's list of these servers: https://www.rfc-editor.org/rfc/rfc9224
exports.daysOfRegistration = async ({ domain, bootstrap, seconds }) => {
  const signal = AbortSignal.timeout(seconds * 1000)
  const { services } = await getJson(bootstrap, signal)
  const top = domain.split('.').at(-1)
  const [, servers] = services.find(([names]) => names.includes(top)) ?? []
  if (!servers) throw new Error(`no RDAP server knows .${top}`)
  const server = servers.find(each => each.startsWith('https:')) ?? servers[0]
  const { events = [] } = await getJson(`${server.replace(/\/$/, '')}/domain/${domain}`, signal)
  const expiration = events.find(event => event.eventAction === 'expiration')
  if (!expiration) throw new Error(`the registry does not say when ${domain} expires`)
  return (Date.parse(expiration.eventDate) - Date.now()) / DAY
}

async function getJson (url, signal) {
  const headers = { 'User-Agent': AGENT, Accept: 'application/rdap+json, application/json' }
  const response = await fetch(url, { headers, signal })
    .catch(error => { throw new Error(`${url} failed: ${error.cause?.message ?? error.message}`) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

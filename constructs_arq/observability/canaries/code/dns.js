'use strict'

const { Resolver } = require('node:dns').promises

// Returns how many name servers of `zone` do not answer, have another list of name servers or another start of
// authority than the first one with the right list, or have no address of `host`.
// The addresses themselves differ from answer to answer: CloudFront chooses them.
exports.countWrongServers = async ({ zone, host, seconds }, resolverAt = makeResolver) => {
  const resolver = resolverAt(undefined, seconds)
  const names = (await resolver.resolveNs(zone)).sort()
  const views = await Promise.all(names.map(name => ask(name, { zone, host, seconds, resolver, resolverAt })))
  const right = names.join(' ')
  const first = views.find(view => view.names === right)
  return views.filter(view => view.names !== right || view.authority !== first.authority).length
}

async function ask (name, { zone, host, seconds, resolver, resolverAt }) {
  try {
    const [address] = await resolver.resolve4(name)
    const server = resolverAt(address, seconds)
    const [names, { nsname, serial }] = await Promise.all([
      server.resolveNs(zone), server.resolveSoa(zone), server.resolve4(host)
    ])
    return { names: names.sort().join(' '), authority: `${nsname} ${serial}` }
  } catch (error) {
    return { names: `no answer: ${error.message}` }
  }
}

// Without an address, it is the resolver of the machine.
function makeResolver (address, seconds) {
  const resolver = new Resolver({ timeout: seconds * 1000, tries: 1 })
  if (address) resolver.setServers([address])
  return resolver
}

// Name servers on loopback ports: enough of DNS for queries of NS, SOA and A. https://www.rfc-editor.org/rfc/rfc1035
import { createSocket } from 'node:dgram'
import { promises } from 'node:dns'

const A = 1, NS = 2, SOA = 6, IN = 1

// Answers with { ns: [names], soa: { nsname, serial }, a: [addresses] }. A silent server answers nothing.
export function serveZone ({ ns = [], soa, a = [], silent = false }) {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    if (silent) return
    const end = query.indexOf(0, 12) + 5
    const type = query.readUInt16BE(end - 4)
    const data = { [A]: a.map(encodeAddress), [NS]: ns.map(encodeName), [SOA]: soa ? [encodeSoa(soa)] : [] }[type] ?? []
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(0x8400, 2)
    header.writeUInt16BE(data.length, 6)
    header.fill(0, 8, 12)
    const answers = data.map(each => Buffer.concat([encodeRecord(type, each.length), each]))
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), port, address)
  })
  return new Promise(resolve => socket.bind(0, '127.0.0.1', () =>
    resolve({ port: socket.address().port, close: () => socket.close() })))
}

// The resolver of the machine knows the zone's name servers. Their addresses stand for the ports of the servers.
export const resolverOf = (zone, servers, started) => (address, seconds) => {
  if (address === undefined) {
    return {
      resolveNs: async () => servers.map(({ name }) => name),
      resolve4: async name => [`server ${servers.findIndex(each => each.name === name)}`]
    }
  }
  const resolver = new promises.Resolver({ timeout: seconds * 1000, tries: 1 })
  resolver.setServers([`127.0.0.1:${started[Number(address.split(' ')[1])].port}`])
  return resolver
}

function encodeRecord (type, length) {
  const record = Buffer.alloc(12)
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(IN, 4)
  record.writeUInt32BE(60, 6)
  record.writeUInt16BE(length, 10)
  return record
}

const encodeAddress = address => Buffer.from(address.split('.').map(Number))

const encodeName = name => Buffer.concat([
  ...name.split('.').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])
])

function encodeSoa ({ nsname, serial }) {
  const numbers = Buffer.alloc(20)
  numbers.writeUInt32BE(serial, 0)
  return Buffer.concat([encodeName(nsname), encodeName(`hostmaster.${nsname}`), numbers])
}

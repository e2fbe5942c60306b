// Servers on loopback with fixed answers: { "GET /path": { status, body, headers, delay, cookie } }.
import { readFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

export function serveAnswers (answers, requests, tls) {
  return listen(tls, async (request, response) => {
    requests.push(note(request))
    answer(answers[`${request.method} ${request.url}`] ?? { status: 404 }, request, response)
  })
}

// Files of the folder, for what has no fixed answer.
export function serveFolder (folder, answers, requests, tls) {
  return listen(tls, async (request, response) => {
    requests.push(note(request))
    const fixed = answers[`${request.method} ${request.url}`]
    if (fixed) return answer(fixed, request, response)
    const path = request.url === '/' ? '/index.html' : normalize(request.url)
    try {
      const body = await readFile(join(folder, path))
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
}

function note (request) {
  const { 'user-agent': agent, cookie } = request.headers
  return { call: `${request.method} ${request.url}`, agent, cookie }
}

function answer ({ status = 200, body = '', headers = {}, delay = 0, cookie }, request, response) {
  const refused = cookie && request.headers.cookie !== cookie
  setTimeout(() => {
    const type = { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' }
    response.writeHead(refused ? 401 : status, { ...type, ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body).replaceAll('ORIGIN', originOf(request)))
  }, delay)
}

const originOf = request => `${request.socket.encrypted ? 'https' : 'http'}://${request.headers.host}`

function listen (tls, handler) {
  const server = tls ? createServer({ key: tls.key, cert: tls.certificate }, handler) : createPlainServer(handler)
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    const close = () => { server.closeAllConnections(); server.close() }
    resolve({ port, origin: `${tls ? 'https' : 'http'}://localhost:${port}`, close })
  }))
}

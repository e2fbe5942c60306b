// Reads cases as JSON, runs the canaries' code against local servers, and writes the results as JSON. The modules of
// CloudWatch Synthetics and the AWS SDK are stubs: they exist only in Lambda.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { serveAnswers, serveFolder } from './web_server.mjs'
import { resolverOf, serveZone } from './name_servers.mjs'

const input = JSON.parse(await new Response(process.stdin).text())
const require = createRequire(join(input.code, 'index.js'))
const watchdog = setTimeout(() => process.exit(1), 60_000)
const runners = { api, certificate, dns, domain, registration, site }
const browser = input.chromium && await puppeteer.launch({
  executablePath: input.chromium,
  userDataDir: input.profile,
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', ...input.trusted.map(each => `--ignore-certificate-errors-spki-list=${each}`)
  ]
})
const results = {}
for (const [name, each] of Object.entries(input.cases)) results[name] = await run(each)
process.stdout.write(JSON.stringify(results))
clearTimeout(watchdog)
await browser?.close()
process.exit(0)

async function run (each) {
  global.canary = { published: [], screenshots: [] }
  const result = { requests: [] }
  try {
    result.value = await runners[each.run](each, result) ?? null
  } catch (error) {
    result.error = error.message
  }
  return { ...result, ...global.canary, page: undefined }
}

function handle (file, settings) {
  process.env.CANARY_SETTINGS = JSON.stringify(settings)
  return require(`./${file}.js`).handler()
}

async function api ({ answers, tls, settings }, { requests }) {
  const server = await serveAnswers(answers, requests, tls)
  try {
    return await handle('api', { ...settings, origin: server.origin })
  } finally {
    server.close()
  }
}

async function site ({ folder, answers, tls, settings }, { requests }) {
  const server = await serveFolder(folder, answers, requests, tls)
  global.canary.page = await browser.newPage()
  try {
    return await handle('site', { ...settings, url: server.origin + '/' })
  } finally {
    await global.canary.page.close()
    server.close()
  }
}

async function certificate ({ tls }) {
  const server = await serveAnswers({}, [], tls)
  try {
    const { daysOfCertificate } = require('./certificate.js')
    return await daysOfCertificate({ host: 'localhost', port: server.port, seconds: 5 })
  } finally {
    server.close()
  }
}

async function registration ({ answers, domain }, { requests }) {
  const server = await serveAnswers(answers, requests, undefined)
  try {
    const { daysOfRegistration } = require('./registration.js')
    return await daysOfRegistration({ domain, bootstrap: `${server.origin}/rdap/dns.json`, seconds: 5 })
  } finally {
    server.close()
  }
}

async function dns ({ zone, host, servers }) {
  const started = await Promise.all(servers.map(serveZone))
  try {
    const { countWrongServers } = require('./dns.js')
    return await countWrongServers({ zone, host, seconds: 1 }, resolverOf(zone, servers, started))
  } finally {
    started.forEach(each => each.close())
  }
}

// The measurements are given: a number, or the message of an error.
function domain ({ measurements }) {
  const made = Object.entries(measurements).map(([name, value]) =>
    [name, typeof value === 'number' ? Promise.resolve(value) : Promise.reject(new Error(value))])
  return require('./domain.js').measure('production-domain', Object.fromEntries(made))
}

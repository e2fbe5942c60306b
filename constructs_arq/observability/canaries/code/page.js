'use strict'

const { AGENT } = require('./settings')

const TLS = ['TLS 1.2', 'TLS 1.3']
// Chromium's message for a response with an error. The check of responses knows which of them are expected.
const RESPONSE_MESSAGE = 'Failed to load resource'

// Loads `url`, waits until its visible text contains `text`, and rejects with all problems of the page.
// `expected` lists answers with an error status that are part of a normal visit, such as "401 GET /api/session".
exports.visit = async (page, { url, text, expected = [], seconds }) => {
  const problems = observe(page, new Set(expected))
  await page.setUserAgent({ userAgent: `${await page.browser().userAgent()} ${AGENT}` })
  const started = Date.now()
  const timeout = seconds * 1000
  try {
    const response = await page.goto(url, { waitUntil: 'load', timeout })
    const protocol = response.securityDetails()?.protocol()
    if (!TLS.includes(protocol)) problems.push(`the connection has the protocol ${protocol ?? 'http'}`)
    if (!response.ok()) throw new Error(`the answer is ${response.status()}`)
    await page.waitForFunction(
      wanted => document.body.innerText.includes(wanted), { timeout: left(started, timeout) }, text
    )
    await page.waitForNetworkIdle({ idleTime: 500, timeout: left(started, timeout) })
  } catch (error) {
    problems.push(`the page did not show "${text}" within ${seconds} s: ${error.message}`)
  }
  if (problems.length > 0) throw new Error(problems.join('; '))
}

function observe (page, expected) {
  const problems = []
  page.on('console', message => {
    if (message.type() !== 'error' || message.text().startsWith(RESPONSE_MESSAGE)) return
    problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', error => problems.push(`script: ${error.message ?? error}`))
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText
    // The page got the answer, and did not read its body.
    if (reason === 'net::ERR_ABORTED' && request.response()) return
    problems.push(`request: ${describe(request)} ${reason}`)
  })
  page.on('response', response => {
    const answer = `${response.status()} ${describe(response.request())}`
    if (response.status() >= 400 && !expected.has(answer)) problems.push(`response: ${answer}`)
  })
  return problems
}

// The path alone: a query string may contain personal data, and artifacts keep the message.
function describe (request) {
  return `${request.method()} ${new URL(request.url()).pathname}`
}

function left (started, timeout) {
  return Math.max(1, timeout - (Date.now() - started))
}

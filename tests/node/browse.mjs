// Reads a distribution and steps as JSON, loads pages in headless Chromium, and writes what happened as JSON.
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { serve } from './edge_server.mjs'

const LIMIT = 30_000
const input = JSON.parse(await new Response(process.stdin).text())
const server = await serve(input)
const site = `https://${input.domain}:${server.address().port}`
const browser = await puppeteer.launch({
  executablePath: input.chromium,
  userDataDir: input.profile,
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', `--host-resolver-rules=MAP ${input.domain} 127.0.0.1`,
    // Chromium keeps nothing from a site whose certificate it does not trust.
    `--ignore-certificate-errors-spki-list=${input.fingerprint}`
  ]
})
const watchdog = setTimeout(() => process.exit(1), 4 * LIMIT)
try {
  const results = {}
  for (const [name, step] of Object.entries(input.steps)) results[name] = await run(step)
  process.stdout.write(JSON.stringify(results))
} finally {
  clearTimeout(watchdog)
  await browser.close()
  server.close()
}

async function run({ path, click, wait, fetch, copies }) {
  const page = await browser.newPage()
  page.setDefaultTimeout(LIMIT)
  const seen = { console: [], errors: [], failed: [], responses: {}, violations: [] }
  page.on('console', message => seen.console.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => seen.errors.push(String(error)))
  page.on('requestfailed', request => seen.failed.push(request.url().slice(0, 200)))
  page.on('response', response => record(seen.responses, response))
  await page.exposeFunction('recordViolation', violation => seen.violations.push(violation))
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('securitypolicyviolation', event =>
      window.recordViolation({ directive: event.effectiveDirective, disposition: event.disposition }))
  })
  await page.goto(site + path, { waitUntil: 'networkidle0' })
  if (click) await page.click(click)
  if (wait) await page.waitForFunction(`document.querySelector('${wait}')?.textContent`)
  seen.fetched = []
  for (const [index, target] of (fetch ?? []).entries()) {
    const copy = copies?.[index]
    if (copy) await copyFile(join(input.folder, copy[0]), join(input.folder, copy[1]))
    seen.fetched.push(await page.evaluate(async url => (await window.fetch(url)).status, target))
  }
  seen.page = await page.evaluate(describe)
  await page.close()
  return seen
}

function record(responses, response) {
  const url = new URL(response.url())
  if (url.protocol !== 'https:') return
  const stored = response.fromCache() || response.status() === 304
  responses[url.pathname] = { status: response.status(), headers: response.headers(), stored }
}

function describe() {
  const text = id => document.getElementById(id)?.textContent ?? null
  const fonts = [...document.fonts].map(font => font.status)
  const image = document.getElementById('dot')
  return {
    answers: text('answers'), fonts, image: image && [image.src.slice(0, 10), image.naturalWidth],
    report: text('report'), result: text('result'), route: text('route')
  }
}

// Reads a URL as JSON, uses the reference application's site in headless Chromium, and writes what it showed as JSON.
import puppeteer from 'puppeteer-core'

const LIMIT = 30_000
const LOST = 'temporarily unavailable'
const input = JSON.parse(await new Response(process.stdin).text())
const browser = await puppeteer.launch({
  executablePath: input.chromium, userDataDir: input.profile, args: ['--no-sandbox', '--disable-dev-shm-usage']
})
const watchdog = setTimeout(() => process.exit(1), 4 * LIMIT)
try {
  process.stdout.write(JSON.stringify(await use(await browser.newPage())))
} finally {
  clearTimeout(watchdog)
  await browser.close()
}

async function use(page) {
  page.setDefaultTimeout(LIMIT)
  const errors = []
  page.on('pageerror', error => errors.push(String(error)))
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text())
  })
  await page.evaluateOnNewDocument(loseAnswers, input.losses)
  await page.goto(input.url, { waitUntil: 'networkidle0' })
  await page.click('#open-EUR')
  await page.waitForSelector('#accounts button')
  await page.click('#accounts button')
  const alerts = []
  for (const [amount, reference] of input.entries) {
    const before = await text(page, '#accounts')
    await page.locator('#amount').fill(amount)
    await page.locator('#reference').fill(reference)
    do {
      await page.locator('#add').click()
      await page.waitForFunction(old => {
        const failed = document.querySelector('[role=alert]')
        return failed || document.querySelector('#accounts').textContent !== old
      }, {}, before)
      alerts.push(await text(page, '[role=alert]'))
    } while (alerts.at(-1) === LOST)
  }
  await page.waitForNetworkIdle()
  const entries = await page.$$eval('#entries li', items => items.map(item => item.textContent))
  const shown = { entries, alerts, balance: await text(page, '#accounts') }
  await page.reload({ waitUntil: 'networkidle0' })
  const afterReload = await text(page, '#accounts')
  const cookies = await page.evaluate('document.cookie')
  return { ...shown, afterReload, errors, cookies, ...await useWithoutSession(page) }
}

// The cache loses the session. The page says so, and the next action starts another session.
async function useWithoutSession(page) {
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }))
  await page.click('#open-EUR')
  await page.waitForSelector('[role=alert]')
  const alertWithoutSession = await text(page, '[role=alert]')
  await page.click('#open-EUR')
  await page.waitForSelector('#accounts button')
  return { alertWithoutSession, newBalance: await text(page, '#accounts') }
}

// Runs in the page: the API books entries, and the first answers get lost, in turn as 503 and in the network.
function loseAnswers(count) {
  const send = window.fetch
  let lost = 0
  window.fetch = async (path, options) => {
    const answer = await send(path, options)
    if (options?.method !== 'POST' || !path.endsWith('/entries') || lost === count) return answer
    lost++
    if (lost % 2 === 0) throw new TypeError('Failed to fetch')
    return Response.json({ detail: 'temporarily unavailable' }, { status: 503 })
  }
}

function text(page, selector) {
  return page.$eval(selector, element => element.textContent).catch(() => null)
}

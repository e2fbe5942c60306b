// Reads a URL as JSON, uses the reference application's site in headless Chromium, and writes what it showed as JSON.
import puppeteer from 'puppeteer-core'

const LIMIT = 30_000
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
  await page.goto(input.url, { waitUntil: 'networkidle0' })
  await page.click('#open-EUR')
  await page.waitForSelector('#accounts button')
  await page.click('#accounts button')
  for (const [amount, reference] of input.entries) {
    const before = await text(page, '#accounts')
    await page.locator('#amount').fill(amount)
    await page.locator('#reference').fill(reference)
    await page.click('#add')
    await page.waitForFunction(old => {
      const failed = document.querySelector('[role=alert]')
      return failed || document.querySelector('#accounts').textContent !== old
    }, {}, before)
  }
  await page.waitForNetworkIdle()
  const entries = await page.$$eval('#entries li', items => items.map(item => item.textContent))
  const shown = { entries, balance: await text(page, '#accounts'), alert: await text(page, '[role=alert]') }
  await page.reload({ waitUntil: 'networkidle0' })
  return { ...shown, afterReload: await text(page, '#accounts'), errors, cookies: await page.evaluate('document.cookie') }
}

function text(page, selector) {
  return page.$eval(selector, element => element.textContent).catch(() => null)
}

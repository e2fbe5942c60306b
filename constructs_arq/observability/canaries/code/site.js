'use strict'

// Loads the site in the browser of CloudWatch Synthetics. A rejected promise makes the run fail.
const synthetics = require('@aws/synthetics-puppeteer')
const { visit } = require('./page')
const { readSettings } = require('./settings')

exports.handler = async () => {
  const page = await synthetics.getPage()
  try {
    await visit(page, readSettings())
  } catch (error) {
    await synthetics.takeScreenshot('site', 'failed').catch(() => {})
    throw error
  }
}

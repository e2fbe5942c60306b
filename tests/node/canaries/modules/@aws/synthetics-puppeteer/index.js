'use strict'

// Stands for the library of CloudWatch Synthetics, which only its runtimes contain. Only what the canaries use.
module.exports = {
  getPage: async () => global.canary.page,
  takeScreenshot: async (step, suffix) => global.canary.screenshots.push(`${step}-${suffix}`)
}

'use strict'

// Stands for the AWS SDK of Lambda's runtime. It keeps what a canary publishes.
exports.PutMetricDataCommand = class {
  constructor (input) { this.input = input }
}
exports.CloudWatchClient = class {
  async send (command) { global.canary.published.push(command.input) }
}

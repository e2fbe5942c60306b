'use strict'

// Terraform writes the settings of a canary into this variable. They contain no secrets.
exports.readSettings = () => JSON.parse(process.env.CANARY_SETTINGS)

// A browser or a client with a name of its own: access logs and the firewall's log show which requests are ours.
exports.AGENT = 'arq-canary'

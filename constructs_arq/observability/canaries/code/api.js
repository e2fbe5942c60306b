'use strict'

// Calls the API as its users do: through CloudFront, the firewall, the load balancer and nginx.
const { callInOrder } = require('./calls')
const { readSettings } = require('./settings')

exports.handler = () => callInOrder(readSettings())

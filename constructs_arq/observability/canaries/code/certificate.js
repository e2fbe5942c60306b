'use strict'

const tls = require('node:tls')

const DAY = 86_400_000

// Returns the days until the certificate that a client gets expires. They are negative after that.
exports.daysOfCertificate = ({ host, port, seconds }) => new Promise((resolve, reject) => {
  // An expired certificate must give a number, so the client accepts each. Nothing is sent.
  const socket = tls.connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
    const { valid_to: end } = socket.getPeerCertificate()
    socket.destroy()
    resolve((Date.parse(end) - Date.now()) / DAY)
  })
  socket.setTimeout(seconds * 1000, () => socket.destroy(new Error(`${host} did not answer in ${seconds} s`)))
  socket.on('error', reject)
})

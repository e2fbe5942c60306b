'use strict'

// Measures the days until the site's certificate and its domain expire, and the name servers that are wrong.
const { daysOfCertificate } = require('./certificate')
const { countWrongServers } = require('./dns')
const { publish } = require('./metrics')
const { daysOfRegistration } = require('./registration')
const { readSettings } = require('./settings')

exports.handler = async () => {
  const settings = readSettings()
  const { host, port, zone, registered, bootstrap, seconds } = settings
  return exports.measure(settings.canary, {
    CertificateDays: daysOfCertificate({ host, port, seconds }),
    WrongNameServers: countWrongServers({ zone, host, seconds }),
    ...(registered && { DomainDays: daysOfRegistration({ domain: registered, bootstrap, seconds }) })
  })
}

// Publishes all values. A measurement that fails has none, and makes the run fail after that.
exports.measure = async (canary, measurements) => {
  const names = Object.keys(measurements)
  const results = await Promise.allSettled(Object.values(measurements))
  const failed = index => results[index].status === 'rejected'
  const values = names.flatMap((name, index) => failed(index) ? [] : [[name, results[index].value]])
  await publish(canary, Object.fromEntries(values))
  const problems = names.flatMap((name, index) =>
    failed(index) ? [`${name}: ${results[index].reason.message}`] : [])
  if (problems.length > 0) throw new Error(problems.join('; '))
}

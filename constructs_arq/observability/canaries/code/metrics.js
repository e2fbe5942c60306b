'use strict'

// The SDK is part of Lambda's Node.js runtime.
const { CloudWatchClient, PutMetricDataCommand } = require('@aws-sdk/client-cloudwatch')

// The only namespace to which the canary's role can write. Its own metrics are there too.
const NAMESPACE = 'CloudWatchSynthetics'

exports.publish = async (canary, values) => {
  const Dimensions = [{ Name: 'CanaryName', Value: canary }]
  const MetricData = Object.entries(values).map(([MetricName, Value]) => ({ MetricName, Value, Dimensions }))
  if (MetricData.length === 0) return
  await new CloudWatchClient({}).send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }))
}

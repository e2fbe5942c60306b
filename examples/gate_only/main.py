"""A queue with a dead-letter queue, built with cdktf and its AWS bindings only."""

import json

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

app = App()
stack = TerraformStack(app, "shipping")
AwsProvider(stack, "aws", region="eu-west-1", allowed_account_ids=["111122223333"])

# Messages that fail five times end here, for 14 days. This queue has no dead-letter queue, so it violates
# CKV_SHIPPING_1 in policies/rules/. policies/waivers.toml accepts this finding until a date.
dead_letters = SqsQueue(
    stack,
    "dead-letters",
    name="parcels-dead-letters",
    sqs_managed_sse_enabled=True,
    message_retention_seconds=14 * 24 * 3600,
)

SqsQueue(
    stack,
    "parcels",
    name="parcels",
    sqs_managed_sse_enabled=True,
    redrive_policy=json.dumps({"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": 5}),
)

app.synth()

"""The statement that AWS appends to a bucket policy that does not allow a log delivery.

AWS appends it when somebody creates the delivery. Terraform then finds a policy that it did not write.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
"""

import json
from collections.abc import Iterator, Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.checks.policy_parser import PolicyDocument, as_strings, parse_policy
from arqctl.offline.aws.checks.resource import get_blocks
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.values import Value

_S3_PREFIX = "arn:aws:s3:::"
_DELIVERY_SERVICE = "delivery.logs.amazonaws.com"


def observed_policy(state: Mapping[str, Value], store: ResourceStore, account: Account) -> Value:
    """Return the policy of a bucket as AWS reports it, from the state of an `aws_s3_bucket_policy`."""
    policy = state.get("policy")
    document = parse_policy(policy)
    if not isinstance(document, PolicyDocument) or not document.is_whole:
        return policy
    missing = [
        statement
        for statement in _required_statements(str(state.get("bucket")), store, account)
        if not any(_allows(given, statement) for given in document.statements)
    ]
    if not missing:
        return policy
    return json.dumps({**document.elements, "Statement": [*document.statements, *missing]})


def _required_statements(
    bucket: str, store: ResourceStore, account: Account
) -> Iterator[Mapping[str, Value]]:
    destinations = {
        str(each.state.get("arn")): _destination_resource(each.state)
        for each in store.list_everywhere(account, "aws_cloudwatch_log_delivery_destination")
    }
    deliveries = store.list_everywhere(account, "aws_cloudwatch_log_delivery")
    for number, delivery in enumerate(deliveries, start=1):
        resource = destinations.get(str(delivery.state.get("delivery_destination_arn")), "")
        if resource.removeprefix(_S3_PREFIX).partition("/")[0] != bucket:
            continue
        source = delivery.state.get("delivery_source_name")
        yield {
            "Sid": f"AWSLogDeliveryWrite{number}",
            "Effect": "Allow",
            "Principal": {"Service": _DELIVERY_SERVICE},
            "Action": "s3:PutObject",
            "Resource": f"{resource}/*",
            "Condition": {
                "StringEquals": {
                    "s3:x-amz-acl": "bucket-owner-full-control",
                    "aws:SourceAccount": account.id,
                },
                "ArnLike": {
                    "aws:SourceArn": f"arn:aws:logs:{delivery.region}:{account.id}:delivery-source:{source}"
                },
            },
        }


def _destination_resource(state: Mapping[str, Value]) -> str:
    blocks = get_blocks(state, "delivery_destination_configuration")
    return str(blocks[0].get("destination_resource_arn")) if blocks else ""


def _allows(given: Value, required: Mapping[str, Value]) -> bool:
    """Return whether a statement is the required one. Its id and lists of one element make no difference."""
    if not isinstance(given, dict):
        return False
    lists = all(as_strings(given.get(name)) == as_strings(required[name]) for name in ("Action", "Resource"))
    rest = all(given.get(name) == required[name] for name in ("Effect", "Principal", "Condition"))
    return lists and rest

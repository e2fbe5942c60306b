"""Checks of SQS queues, SNS topics and subscriptions."""

import json
import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, known_prefix, make_error
from arqctl.offline.diagnostic import Diagnostic

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_PHONE = re.compile(r"^\+[1-9]\d{6,14}$")
_ENDPOINTS = {
    "sqs": "arn:", "lambda": "arn:", "firehose": "arn:", "application": "arn:", "http": "http://", "https": "https://",
}  # fmt: skip


def check_fifo(resource: Resource) -> Iterator[Diagnostic]:
    """Check that FIFO queues and topics, and no others, have names that end in .fifo."""
    name, is_fifo = (
        resource.get_text("name"),
        resource.values.get("fifo_topic" if "topic" in resource.type else "fifo_queue"),
    )
    if name is None:
        return
    has_suffix = name.endswith(".fifo")
    if is_fifo is True and not has_suffix:
        yield make_error("FIFO name without .fifo", f"name is {name}. Add the suffix .fifo.", "name")
    if has_suffix and is_fifo in (None, False):
        argument = "fifo_topic" if "topic" in resource.type else "fifo_queue"
        yield make_error(
            ".fifo name without FIFO", f"name is {name}. Set {argument} to true, or remove .fifo.", "name"
        )
    if not is_fifo and resource.values.get("content_based_deduplication") is True:
        yield make_error(
            "Deduplication without FIFO",
            "Remove content_based_deduplication.",
            "content_based_deduplication",
        )


def check_redrive_policy(queue: Resource) -> Iterator[Diagnostic]:
    """Check that a redrive policy has a dead-letter queue and 1 to 1000 receives."""
    given = queue.get_text("redrive_policy")
    try:
        policy = json.loads(given) if given else None
    except ValueError:
        return
    if isinstance(policy, dict):
        count = policy.get("maxReceiveCount")
        if "deadLetterTargetArn" not in policy or count is None:
            yield make_error(
                "Incomplete redrive policy",
                "redrive_policy needs deadLetterTargetArn and maxReceiveCount.",
                "redrive_policy",
            )
        elif str(count).isdigit() and not 1 <= int(count) <= 1000:  # noqa: PLR2004 - from the SQS guide
            yield make_error(
                "maxReceiveCount out of range",
                f"maxReceiveCount is {count}. Use 1 to 1000.",
                "redrive_policy",
            )


def check_endpoint(subscription: Resource) -> Iterator[Diagnostic]:
    """Check that a subscription's endpoint fits its protocol."""
    protocol, prefix = subscription.get_text("protocol"), known_prefix(subscription.values.get("endpoint"))
    endpoint = subscription.get_text("endpoint")
    if not protocol or not prefix:
        return
    expected_prefix = _ENDPOINTS.get(protocol)
    is_invalid = (
        expected_prefix is not None
        and not prefix.startswith(expected_prefix)
        and not expected_prefix.startswith(prefix)
    )
    if protocol in ("email", "email-json"):
        is_invalid = endpoint is not None and not _EMAIL.match(endpoint)
    elif protocol == "sms":
        is_invalid = endpoint is not None and not _PHONE.match(endpoint)
    if is_invalid:
        yield make_error(
            "Endpoint doesn't fit the protocol",
            f"protocol is {protocol} and endpoint is {prefix!r}. Use an endpoint of this protocol.",
            "endpoint",
        )

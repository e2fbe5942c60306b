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
    name, wanted = (
        resource.get_text("name"),
        resource.values.get("fifo_topic" if "topic" in resource.type else "fifo_queue"),
    )
    if name is None:
        return
    ends = name.endswith(".fifo")
    if wanted is True and not ends:
        yield make_error("FIFO name without .fifo", f"name is {name}. Add the suffix .fifo.", "name")
    if ends and wanted in (None, False):
        argument = "fifo_topic" if "topic" in resource.type else "fifo_queue"
        yield make_error(
            ".fifo name without FIFO", f"name is {name}. Set {argument} to true, or remove .fifo.", "name"
        )
    if not wanted and resource.values.get("content_based_deduplication") is True:
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
        elif str(count).isdigit() and not 1 <= int(count) <= 1000:  # noqa: PLR2004 - as the SQS guide says
            yield make_error(
                "maxReceiveCount out of range",
                f"maxReceiveCount is {count}. Use 1 to 1000.",
                "redrive_policy",
            )


def check_endpoint(subscription: Resource) -> Iterator[Diagnostic]:
    """Check that a subscription's endpoint fits its protocol."""
    protocol, said = subscription.get_text("protocol"), known_prefix(subscription.values.get("endpoint"))
    known = subscription.get_text("endpoint")
    if not protocol or not said:
        return
    begins = _ENDPOINTS.get(protocol)
    wrong = begins is not None and not said.startswith(begins) and not begins.startswith(said)
    if protocol in ("email", "email-json"):
        wrong = known is not None and not _EMAIL.match(known)
    elif protocol == "sms":
        wrong = known is not None and not _PHONE.match(known)
    if wrong:
        yield make_error(
            "Endpoint doesn't fit the protocol",
            f"protocol is {protocol} and endpoint is {said!r}. Use an endpoint of this protocol.",
            "endpoint",
        )

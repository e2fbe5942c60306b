"""Queues, topics and what listens to them."""

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
    """A FIFO queue or topic says so twice: by its argument and by the end of its name."""
    name, wanted = (
        resource.get_text("name"),
        resource.values.get("fifo_topic" if "topic" in resource.type else "fifo_queue"),
    )
    if name is None:
        return
    ends = name.endswith(".fifo")
    if wanted is True and not ends:
        yield make_error("A FIFO name without its end", f"name is {name}; it has to end in .fifo.", "name")
    if ends and wanted in (None, False):
        argument = "fifo_topic" if "topic" in resource.type else "fifo_queue"
        yield make_error(
            "A FIFO name for what isn't FIFO", f"name is {name}. Set {argument}, or drop .fifo.", "name"
        )
    if not wanted and resource.values.get("content_based_deduplication") is True:
        yield make_error(
            "Deduplication without FIFO",
            "Leave content_based_deduplication out.",
            "content_based_deduplication",
        )


def check_redrive_policy(queue: Resource) -> Iterator[Diagnostic]:
    """Where messages go that nobody could handle: after one to a thousand attempts."""
    given = queue.get_text("redrive_policy")
    try:
        policy = json.loads(given) if given else None
    except ValueError:
        return
    if isinstance(policy, dict):
        count = policy.get("maxReceiveCount")
        if "deadLetterTargetArn" not in policy or count is None:
            yield make_error(
                "An incomplete redrive policy",
                "It needs deadLetterTargetArn and maxReceiveCount.",
                "redrive_policy",
            )
        elif str(count).isdigit() and not 1 <= int(count) <= 1000:  # noqa: PLR2004 - as the SQS guide says
            yield make_error(
                "Attempts out of bounds",
                f"maxReceiveCount is {count}; 1 to 1000 are taken.",
                "redrive_policy",
            )


def check_endpoint(subscription: Resource) -> Iterator[Diagnostic]:
    """An endpoint of the kind that its protocol speaks to."""
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
            "An endpoint that the protocol can't reach",
            f"protocol is {protocol} and endpoint {said!r}.",
            "endpoint",
        )

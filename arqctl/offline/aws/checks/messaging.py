"""Queues, topics and what listens to them."""

import json
import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, beginning, refuse
from arqctl.offline.diagnostic import Diagnostic

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_PHONE = re.compile(r"^\+[1-9]\d{6,14}$")
_ENDPOINTS = {
    "sqs": "arn:", "lambda": "arn:", "firehose": "arn:", "application": "arn:", "http": "http://", "https": "https://",
}  # fmt: skip


def fifo(resource: Resource) -> Iterator[Diagnostic]:
    """A FIFO queue or topic says so twice: by its argument and by the end of its name."""
    name, wanted = (
        resource.text("name"),
        resource.values.get("fifo_topic" if "topic" in resource.type else "fifo_queue"),
    )
    if name is None:
        return
    ends = name.endswith(".fifo")
    if wanted is True and not ends:
        yield refuse("A FIFO name without its end", f"name is {name}; it has to end in .fifo.", "name")
    if ends and wanted in (None, False):
        argument = "fifo_topic" if "topic" in resource.type else "fifo_queue"
        yield refuse(
            "A FIFO name for what isn't FIFO", f"name is {name}. Set {argument}, or drop .fifo.", "name"
        )
    if not wanted and resource.values.get("content_based_deduplication") is True:
        yield refuse(
            "Deduplication without FIFO",
            "Leave content_based_deduplication out.",
            "content_based_deduplication",
        )


def redrive(queue: Resource) -> Iterator[Diagnostic]:
    """Where messages go that nobody could handle: after one to a thousand attempts."""
    given = queue.text("redrive_policy")
    try:
        policy = json.loads(given) if given else None
    except ValueError:
        return
    if isinstance(policy, dict):
        count = policy.get("maxReceiveCount")
        if "deadLetterTargetArn" not in policy or count is None:
            yield refuse(
                "An incomplete redrive policy",
                "It needs deadLetterTargetArn and maxReceiveCount.",
                "redrive_policy",
            )
        elif str(count).isdigit() and not 1 <= int(count) <= 1000:  # noqa: PLR2004 - as the SQS guide says
            yield refuse(
                "Attempts out of bounds",
                f"maxReceiveCount is {count}; 1 to 1000 are taken.",
                "redrive_policy",
            )


def endpoint(subscription: Resource) -> Iterator[Diagnostic]:
    """An endpoint of the kind that its protocol speaks to."""
    protocol, said = subscription.text("protocol"), beginning(subscription.values.get("endpoint"))
    known = subscription.text("endpoint")
    if not protocol or not said:
        return
    begins = _ENDPOINTS.get(protocol)
    wrong = begins is not None and not said.startswith(begins) and not begins.startswith(said)
    if protocol in ("email", "email-json"):
        wrong = known is not None and not _EMAIL.match(known)
    elif protocol == "sms":
        wrong = known is not None and not _PHONE.match(known)
    if wrong:
        yield refuse(
            "An endpoint that the protocol can't reach",
            f"protocol is {protocol} and endpoint {said!r}.",
            "endpoint",
        )

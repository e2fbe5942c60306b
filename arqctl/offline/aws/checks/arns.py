"""Checks of ARNs: syntax and partition."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, as_list, known_prefix, make_error, walk_arguments
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_ARN = re.compile(
    r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws|aws-managed|cloudfront|\*|[a-z]*):.+", re.DOTALL
)
_ALARM_ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
# Arguments that are named like an ARN and also take other values.
_EXCLUDED_ARGUMENTS = {"source_arn", "parameter_arn", "resource_arn_pattern", "not_resource_arn"}


def check_arns(resource: Resource) -> Iterator[Diagnostic]:
    """Check every argument named like an ARN, and the actions of alarms."""
    for top, name, value in walk_arguments(resource.values):
        if name in _EXCLUDED_ARGUMENTS:
            continue
        if name == "arn" or name.endswith(("_arn", "_arns")) or name in _ALARM_ACTIONS:
            for each in as_list(value) or [value]:
                yield from _check_arn(resource, top, name, each)


def _check_arn(resource: Resource, top: str, name: str, value: Value) -> Iterator[Diagnostic]:
    if not isinstance(value, str) or value in ("", "*"):
        partition = _partition(known_prefix(value))
    elif not _ARN.match(value):
        yield make_error(
            "Invalid ARN",
            f"{name} is {value!r}. Write arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.",
            top,
        )
        return
    else:
        partition = _partition(value)
    if partition and resource.account and partition != resource.account.partition:
        yield make_error(
            "ARN of another partition",
            f"{name} starts with arn:{partition}, but {resource.account.region} is in "
            f"{resource.account.partition}.",
            top,
        )


def _partition(arn: str) -> str:
    fields = arn.split(":")
    return fields[1] if len(fields) > 2 and fields[0] == "arn" else ""  # noqa: PLR2004 - an ARN's parts

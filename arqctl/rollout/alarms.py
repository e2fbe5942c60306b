"""Finds critical alarms after a deployment: those that return to the commit before, and the others."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from arqctl.core.assembly import Stack, belongs_to, find_standbys
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import block_region
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.rollout.request_alarms import COMPOSITE, METRIC, find_request_alarms

_TYPES: Final = {
    METRIC: ("MetricAlarm", "MetricAlarms"),
    COMPOSITE: ("CompositeAlarm", "CompositeAlarms"),
}
# The end of the name of the topic that `AlarmRoutes` makes for the severity.
_CRITICAL: Final = "-critical"
_SECONDS_BETWEEN_QUERIES: Final = 60


@dataclass(frozen=True)
class Watched:
    """The alarms of an environment to watch: its regions, and the names of the alarms about requests.

    Alarms of `others`, its standbys, are not its own.
    """

    environment: str
    others: frozenset[str]
    regions: tuple[str, ...]
    about_requests: frozenset[str]

    @classmethod
    def of(cls, environment: str, stacks: Sequence[Stack]) -> "Watched":
        """Return the alarms of the environment's stacks. CloudFront's are in us-east-1."""
        others = find_standbys(stacks)
        own = [stack for stack in stacks if not _is_of(others, stack.name)]
        regions = {
            block_region(stack, block) for stack in own for block in stack.resources if block.type in _TYPES
        }
        return cls(environment, others, tuple(sorted(regions)), find_request_alarms(own))


@dataclass(frozen=True)
class Outcome:
    """The critical alarms in ALARM state: those about requests that began, and all others."""

    began: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def watch_alarms(api: AwsApi, watched: Watched, *, since: datetime, minutes: int) -> Outcome:
    """Return as soon as an alarm about requests began after `since`, else the alarms at the end.

    Raises:
        AwsError: when AWS rejects a query.
    """
    outcome = Outcome()
    for _ in range(minutes):
        time.sleep(_SECONDS_BETWEEN_QUERIES)
        outcome = _find_alarms(api, watched, since)
        if outcome.began:
            break
    return outcome


def _find_alarms(api: AwsApi, watched: Watched, since: datetime) -> Outcome:
    began: list[str] = []
    others: list[str] = []
    for region in watched.regions:
        for alarm in filter(_is_critical, _alarms(api, watched.environment, region)):
            name = as_text(alarm.get("AlarmName"))
            if _is_of(watched.others, name):
                continue
            is_cause = name in watched.about_requests and _began_after(alarm, since)
            (began if is_cause else others).append(f"{name} ({region})")
    return Outcome(tuple(sorted(began)), tuple(sorted(others)))


def _is_of(others: frozenset[str], name: str) -> bool:
    return any(belongs_to(name, other) for other in others)


def _alarms(api: AwsApi, environment: str, region: str) -> Iterator[Body]:
    """Yield the environment's alarms in the state ALARM.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    for kind, member in _TYPES.values():
        yield from map(
            as_object,
            api.list_all(
                "cloudwatch",
                "describe_alarms",
                region,
                member,
                AlarmNamePrefix=f"{environment}-",
                AlarmTypes=[kind],
                StateValue="ALARM",
            ),
        )


def _is_critical(alarm: Body) -> bool:
    return any(as_text(topic).endswith(_CRITICAL) for topic in as_list(alarm.get("AlarmActions")))


def _began_after(alarm: Body, since: datetime) -> bool:
    # boto3 parses it. Its type is not JSON.
    began: object = alarm.get("StateTransitionedTimestamp")
    return isinstance(began, datetime) and began >= since

"""Finds critical alarms that began after a deployment."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import find_provider
from arqctl.core.json_access import Body, as_list, as_object, as_text

_TYPES: Final = {
    "aws_cloudwatch_metric_alarm": ("MetricAlarm", "MetricAlarms"),
    "aws_cloudwatch_composite_alarm": ("CompositeAlarm", "CompositeAlarms"),
}
# The end of the name of the topic that `AlarmRoutes` makes for the severity.
_CRITICAL: Final = "-critical"
_SECONDS_BETWEEN_QUERIES: Final = 60


def find_alarm_regions(stacks: Sequence[Stack]) -> list[str]:
    """Return the regions of the stacks' alarms. CloudFront's are in us-east-1."""
    return sorted(
        {
            as_text(find_provider(stack, _provider_alias(block.body)).get("region"))
            for stack in stacks
            for block in stack.resources
            if block.type in _TYPES
        }
    )


def watch_alarms(
    api: AwsApi, environment: str, regions: Sequence[str], *, since: datetime, minutes: int
) -> list[str]:
    """Return the critical alarms that began after `since`, as soon as there are any, or none in the end.

    Raises:
        AwsError: when AWS rejects a query.
    """
    for _ in range(minutes):
        time.sleep(_SECONDS_BETWEEN_QUERIES)
        found = sorted(
            f"{as_text(alarm.get('AlarmName'))} ({region})"
            for region in regions
            for alarm in _alarms(api, environment, region)
            if _is_critical(alarm) and _began_after(alarm, since)
        )
        if found:
            return found
    return []


def _provider_alias(resource: Body) -> str:
    return as_text(resource.get("provider")).partition(".")[2]


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

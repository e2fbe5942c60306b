"""A CloudWatch dashboard of alarm states and metrics."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.observability.alarms import Alarms, CreatedAlarm
from constructs_arq.observability.dependency_chain import (
    DependencyLink,
    Widget,
    chain_widgets,
    widgets_height,
)

# CloudWatch's grid has 24 columns: three graphs per row.
_FULL_WIDTH: Final = 24
_GRAPH_WIDTH: Final = 8
_GRAPH_HEIGHT: Final = 6
_HEADING_HEIGHT: Final = 1
_HEADER_HEIGHT: Final = 2
# Limit of an alarm status widget, which shows four alarms per row.
_STATUS_LIMIT: Final = 100
_STATUS_COLUMNS: Final = 4


class Dashboard(Construct):
    """A CloudWatch dashboard of a stack's alarms: the state of all, then a graph of each by construct.

    The states of `chain` come first: the parts that a request needs, in their order.
    States are grouped by region, because CloudFront's alarms are in us-east-1. Each graph shows the threshold
    of its alarm.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """

    def __init__(
        self, scope: Construct, id: str, *, alarms: Alarms, chain: Sequence[DependencyLink] = ()
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = logical_name(self)
        CloudwatchDashboard(
            self,
            "Default",
            dashboard_name=stack.physical_name(name),
            dashboard_body=json.dumps({"widgets": self._widgets(stack, alarms.by_construct, chain)}),
        )

    def _widgets(
        self,
        stack: Stack,
        by_construct: Mapping[str, Sequence[CreatedAlarm]],
        chain: Sequence[DependencyLink],
    ) -> list[Widget]:
        created = [alarm for alarms in by_construct.values() for alarm in alarms]
        header = (
            f"# {stack.environment}\nAccount {stack.account_id}, {stack.region}. Drawn lines are thresholds."
        )
        widgets = [_text(header, y=0, height=_HEADER_HEIGHT)]
        if chain:
            names = " → ".join(link.name for link in chain)
            widgets.append(_text(f"## {names}", y=_HEADER_HEIGHT, height=_HEADING_HEIGHT))
            top = widgets_height(widgets)
            widgets += [
                {**each, "y": int(str(each["y"])) + top}
                for each in chain_widgets(self.node.path, chain, created)
            ]
        return [*widgets, *_alarm_widgets(stack, by_construct, y=widgets_height(widgets))]


def dashboard_url(stack: Stack, name: str) -> str:
    """Return the console's URL of the dashboard with the logical name `name` in a stack."""
    console = f"https://{stack.region}.console.aws.amazon.com/cloudwatch/home?region={stack.region}"
    return f"{console}#dashboards/dashboard/{stack.physical_name(name)}"


def _alarm_widgets(
    stack: Stack, by_construct: Mapping[str, Sequence[CreatedAlarm]], *, y: int
) -> list[Widget]:
    widgets: list[Widget] = []
    all_alarms = [alarm for alarms in by_construct.values() for alarm in alarms]
    other_regions = sorted({alarm.region for alarm in all_alarms} - {stack.region})
    for region in (stack.region, *other_regions):
        here = [alarm for alarm in all_alarms if alarm.region == region]
        for start in range(0, len(here), _STATUS_LIMIT):
            some = here[start : start + _STATUS_LIMIT]
            widgets.append(_status(some, region, y=y))
            y += _status_height(len(some))
    for path, alarms in by_construct.items():
        widgets.append(_text(f"## {path}", y=y, height=_HEADING_HEIGHT))
        y += _HEADING_HEIGHT
        for index, alarm in enumerate(alarms):
            row, column = divmod(index, _FULL_WIDTH // _GRAPH_WIDTH)
            widgets.append(_graph(alarm, x=column * _GRAPH_WIDTH, y=y + row * _GRAPH_HEIGHT))
        y += _GRAPH_HEIGHT * -(-len(alarms) // (_FULL_WIDTH // _GRAPH_WIDTH))
    return widgets


def _text(markdown: str, *, y: int, height: int) -> Widget:
    return {
        "type": "text",
        "x": 0,
        "y": y,
        "width": _FULL_WIDTH,
        "height": height,
        "properties": {"markdown": markdown},
    }


def _status(alarms: Sequence[CreatedAlarm], region: str, *, y: int) -> Widget:
    return {
        "type": "alarm",
        "x": 0,
        "y": y,
        "width": _FULL_WIDTH,
        "height": _status_height(len(alarms)),
        "properties": {"title": f"Alarms in {region}", "alarms": [alarm.arn for alarm in alarms]},
    }


def _status_height(count: int) -> int:
    return 1 + -(-count // _STATUS_COLUMNS)


def _graph(created: CreatedAlarm, *, x: int, y: int) -> Widget:
    alarm = created.alarm
    dimensions = [part for pair in sorted(alarm.dimensions.items()) for part in pair]
    return {
        "type": "metric",
        "x": x,
        "y": y,
        "width": _GRAPH_WIDTH,
        "height": _GRAPH_HEIGHT,
        "properties": {
            "title": f"{alarm.name} ({alarm.severity}): {alarm.metric}",
            "view": "timeSeries",
            "region": created.region,
            "stat": alarm.statistic,
            "period": alarm.period_seconds,
            "metrics": [[alarm.namespace, alarm.metric, *dimensions]],
            "annotations": {"horizontal": [_threshold(alarm)]},
        },
    }


def _threshold(alarm: Alarm) -> dict[str, object]:
    above = alarm.comparison in (Comparison.ABOVE, Comparison.AT_LEAST)
    return {"label": alarm.summary, "value": alarm.threshold, "fill": "above" if above else "below"}

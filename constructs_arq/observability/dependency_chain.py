"""The dependency chain of a service on a dashboard: the state of each part, in the order of a request.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.observability.alarms import CreatedAlarm

_FULL_WIDTH: Final = 24
_STATES_PER_ROW: Final = 4
_STATE_WIDTH: Final = _FULL_WIDTH // _STATES_PER_ROW
_TITLE_HEIGHT: Final = 1
# Alarms that fire come first, so the others may be out of sight.
_VISIBLE_STATES: Final = 4
_NUMBER_HEIGHT: Final = 4

Widget = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class DependencyLink:
    """A part that requests need. It fails if one of its alarms fires.

    The last values of the metrics of `measured_by` are shown as numbers.
    """

    name: str
    alarms: Sequence[Alarm]
    measured_by: Sequence[Alarm] = ()


def chain_widgets(
    path: str, links: Sequence[DependencyLink], created: Iterable[CreatedAlarm]
) -> list[Widget]:
    """Return the widgets of a chain, from the row 0 on: alarm states of each link, then numbers by region.

    A widget has alarms of one region. A link whose parts are in several regions has several widgets.

    Raises:
        ConstructError: if a link has an alarm that isn't created. `path` is that of the dashboard.
    """
    by_key = {_key(each.alarm): each for each in created}
    states = []
    for number, link in enumerate(links, start=1):
        for region, alarms in _by_region(path, link.name, link.alarms, by_key).items():
            states.append((f"{number}. {link.name} ({region})", [each.arn for each in alarms]))
    rows = [states[start : start + _STATES_PER_ROW] for start in range(0, len(states), _STATES_PER_ROW)]
    widgets: list[Widget] = []
    y = 0
    for row in rows:
        height = _TITLE_HEIGHT + min(max(len(arns) for _, arns in row), _VISIBLE_STATES)
        for column, (title, arns) in enumerate(row):
            widgets.append(_state(title, arns, x=column * _STATE_WIDTH, y=y, height=height))
        y += height
    numbers: dict[str, list[list[object]]] = {}
    for link in links:
        for region, measured in _by_region(path, link.name, link.measured_by, by_key).items():
            numbers.setdefault(region, []).extend(_metric(link.name, each.alarm) for each in measured)
    width = _FULL_WIDTH // max(len(numbers), 1)
    for column, (region, metrics) in enumerate(numbers.items()):
        widgets.append(_numbers(region, metrics, x=column * width, y=y, width=width))
    return widgets


def widgets_height(widgets: Iterable[Widget]) -> int:
    """Return the first row below all widgets."""
    return max((int(str(each["y"])) + int(str(each["height"])) for each in widgets), default=0)


def _key(alarm: Alarm) -> tuple[str, ...]:
    """Return what stays the same if the severity changes."""
    dimensions = (part for pair in sorted(alarm.dimensions.items()) for part in pair)
    return (alarm.region or "", alarm.namespace, alarm.metric, alarm.name, *dimensions)


def _by_region(
    path: str, name: str, alarms: Sequence[Alarm], created: Mapping[tuple[str, ...], CreatedAlarm]
) -> dict[str, list[CreatedAlarm]]:
    found: dict[str, list[CreatedAlarm]] = {}
    for alarm in alarms:
        match = created.get(_key(alarm))
        if match is None:
            raise ConstructError(
                path,
                f"the link {name} of the dependency chain has the alarm {alarm.name}, which is not created",
                fix="Use alarms of constructs of the same stack.",
            )
        found.setdefault(match.region, []).append(match)
    return found


def _state(title: str, arns: Sequence[str], *, x: int, y: int, height: int) -> Widget:
    return {
        "type": "alarm",
        "x": x,
        "y": y,
        "width": _STATE_WIDTH,
        "height": height,
        "properties": {"title": title, "alarms": list(arns), "sortBy": "stateUpdatedTimestamp"},
    }


def _numbers(region: str, metrics: Sequence[list[object]], *, x: int, y: int, width: int) -> Widget:
    return {
        "type": "metric",
        "x": x,
        "y": y,
        "width": width,
        "height": _NUMBER_HEIGHT,
        "properties": {
            "title": f"Canaries in {region}",
            "view": "singleValue",
            "region": region,
            "metrics": list(metrics),
        },
    }


def _metric(link: str, alarm: Alarm) -> list[object]:
    dimensions = [part for pair in sorted(alarm.dimensions.items()) for part in pair]
    label = f"{link}: {alarm.metric}"
    shown = {"label": label, "stat": alarm.statistic, "period": alarm.period_seconds}
    return [alarm.namespace, alarm.metric, *dimensions, shown]

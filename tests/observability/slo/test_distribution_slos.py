"""The alarms of a distribution's objectives over synthetic outages, minute by minute.

The simulation follows CloudWatch: each minute it evaluates the period that ends then, an alarm needs one
breaching period, and missing data does not breach. `5xxErrorRate` is the average of its minutes.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SNAPSHOT = Path(__file__).parents[2] / "snapshots/production.json"
DAY = 24 * 60
# Minutes of each phase, and the share of failed requests in percent.
Phases = Sequence[tuple[int, float]]
REFERENCE = re.compile(r'ALARM\("\$\{aws_cloudwatch_(?:metric|composite)_alarm\.([\w-]+)\.alarm_name\}"\)')
RESOURCES = json.loads(SNAPSHOT.read_text())["resource"]
METRIC_ALARMS: dict[str, dict[str, Any]] = RESOURCES["aws_cloudwatch_metric_alarm"]
COMPOSITE_ALARMS: dict[str, dict[str, Any]] = RESOURCES["aws_cloudwatch_composite_alarm"]


@dataclass(frozen=True)
class Traffic:
    """The failed percent and the number of the requests of each minute."""

    failed: list[float]
    requests: list[float]

    @classmethod
    def of(cls, phases: Phases, *, requests: float = 1000) -> "Traffic":
        failed = [share for minutes, share in phases for _ in range(minutes)]
        return cls(failed, [requests] * len(failed))

    def measure(self, query: dict[str, Any], minute: int) -> float | None:
        """Return the value of a metric in the period that ends before a minute."""
        metric = query["metric"]
        first = max(0, minute - metric["period"] // 60)
        failed, requests = self.failed[first:minute], self.requests[first:minute]
        if not sum(requests):
            return None
        if metric["stat"] in ("Sum", "SampleCount"):
            return sum(requests)
        failed_percent = sum(failed) / len(failed)
        return 100 - failed_percent if metric["stat"].startswith("PR(") else failed_percent


def is_breaching(alarm: dict[str, Any], traffic: Traffic, minute: int) -> bool:
    queries = alarm["metric_query"]
    values = {query["id"]: traffic.measure(query, minute) for query in queries if "metric" in query}
    if None in values.values():
        return False
    (expression,) = (query["expression"] for query in queries if query.get("return_data"))
    names: dict[str, Any] = {**values, "IF": lambda condition, met, unmet: met if condition else unmet}
    return bool(eval(expression, names) > alarm["threshold"])  # noqa: S307 - an expression of our own


def notifies(name: str, traffic: Traffic, minute: int) -> bool:
    """Return whether a composite alarm is in alarm. `name` is its name without the environment."""
    (alarm,) = (each for each in COMPOSITE_ALARMS.values() if each["alarm_name"] == f"production-{name}")
    return is_met(alarm["alarm_rule"], traffic, minute)


def is_met(rule: str, traffic: Traffic, minute: int) -> bool:
    def state(match: re.Match[str]) -> str:
        if match[1] in METRIC_ALARMS:
            return str(is_breaching(METRIC_ALARMS[match[1]], traffic, minute))
        return str(is_met(COMPOSITE_ALARMS[match[1]]["alarm_rule"], traffic, minute))

    text = REFERENCE.sub(state, rule).replace(" AND ", " and ").replace(" OR ", " or ").replace("NOT", "not")
    return bool(eval(text))  # noqa: S307 - a rule of our own


def minutes_to(name: str, share: float, *, limit: int, requests: float = 1000) -> int | None:
    """Return the minutes from the fault to the alarm, after three days without failures."""
    traffic = Traffic.of([(3 * DAY, 0), (limit, share)], requests=requests)
    return next((each for each in range(limit + 1) if notifies(name, traffic, 3 * DAY + each)), None)


PAGE, TICKET = "site-availability-burn", "site-availability-slow-burn"


@pytest.mark.parametrize(("share", "minutes"), [(100, 1), (50, 2), (10, 9), (2, 44)])
def test_an_outage_pages_in_time(share: float, minutes: int) -> None:
    assert minutes_to(PAGE, share, limit=60) == minutes


def test_slow_answers_page_in_time() -> None:
    minutes = minutes_to("site-latency-burn", 100, limit=10)
    assert minutes is not None
    # Publication and delivery take a minute each.
    assert minutes + 2 <= 5


@pytest.mark.parametrize("share", [0.05, 0.099])
def test_failures_within_the_budget_notify_nobody(share: float) -> None:
    traffic = Traffic.of([(4 * DAY, share)])
    assert not any(notifies(name, traffic, 4 * DAY) for name in (PAGE, TICKET))


def test_a_slow_burn_opens_a_ticket_and_pages_nobody() -> None:
    assert minutes_to(PAGE, 0.4, limit=600) is None
    traffic = Traffic.of([(3 * DAY, 0), (DAY, 0.4)])
    assert notifies(TICKET, traffic, 4 * DAY)


def test_a_page_is_no_ticket_at_the_same_time() -> None:
    traffic = Traffic.of([(3 * DAY, 0), (60, 100)])
    assert notifies(PAGE, traffic, 3 * DAY + 60)
    assert not notifies(TICKET, traffic, 3 * DAY + 60)


def test_the_page_ends_after_the_problem() -> None:
    traffic = Traffic.of([(3 * DAY, 0), (5, 100), (60, 0)])
    assert not notifies(PAGE, traffic, 3 * DAY + 5 + 31)


def test_a_few_failures_of_few_requests_notify_nobody() -> None:
    assert minutes_to(PAGE, 50, limit=20, requests=2) is None


def test_a_total_outage_with_few_requests_pages_later() -> None:
    minutes = minutes_to(PAGE, 100, limit=60, requests=10)
    assert minutes == 6


def test_a_new_distribution_without_requests_is_quiet() -> None:
    traffic = Traffic([0] * DAY, [0] * DAY)
    assert not any(notifies(name, traffic, DAY) for name in (PAGE, TICKET))


def test_the_fixed_thresholds_of_the_same_problems_are_information() -> None:
    for name in ("production-site-errors", "production-site-slow-origin"):
        (alarm,) = (each for each in METRIC_ALARMS.values() if each["alarm_name"] == name)
        assert "alarm_actions" not in alarm
        assert alarm["tags"]["severity"] == "info"


def test_all_alarms_are_in_the_region_of_cloudfront() -> None:
    own = {
        address: alarm
        for address, alarm in {**METRIC_ALARMS, **COMPOSITE_ALARMS}.items()
        if address.startswith("slos_")
    }
    assert len(own) == 20
    assert {alarm["provider"] for alarm in own.values()} == {"aws.us-east-1"}

"""The monthly drill of Alertmanager over simulated months, evaluated by promtool."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from constructs_arq.observability.prometheus.alertmanager_drill import DRILL_SECONDS, drill_alerts

# promtool starts on 1970-01-01, a Thursday. The first Wednesday is six days later.
SIX_DAYS = 6 * 24 * 60
WEEK = 7 * 24 * 60
NINE = 9 * 60
WEDNESDAY, THURSDAY = "day_of_week() == 3", "day_of_week() == 4"
RULES = {"groups": [drill_alerts().manifest("https://example.com/runbooks")]}
Query = dict[str, object]
PAGE, TICKET = "AlertmanagerDrill", "AlertmanagerDrillFailed"
REQUESTS, FAILURES = (
    f'alertmanager_notification_requests_{name}{{integration="pagerduty"}}'
    for name in ("total", "failed_total")
)


def counter(minutes_after_nine: int | None) -> str:
    """Return a counter that counts one at a minute, or never."""
    if minutes_after_nine is None:
        return f"0x{NINE + 60}"
    return f"0x{NINE + minutes_after_nine - 1} 1x60"


def require(
    folder: Path,
    series: dict[str, str],
    *expected: tuple[int, str, bool],
    seconds: int | None = None,
) -> None:
    """Run promtool. `expected` has minutes after 9:00, an alert, and whether it fires.

    `seconds` is the time that is recorded until 9:10. The drill is on the first day of promtool: the
    evaluation of six days before would take a minute.
    """
    rules = json.dumps(RULES)
    assert WEDNESDAY in rules
    recorded: Query = {
        "expr": f"min_over_time({DRILL_SECONDS}[1h])",
        "eval_time": f"{NINE + 10}m",
        "exp_samples": [] if seconds is None else [{"labels": "{}", "value": seconds}],
    }
    queries = [*firing(expected), recorded]
    run(folder, rules.replace(WEDNESDAY, THURSDAY), series, queries, step_minutes=1)


def firing(expected: Iterable[tuple[int, str, bool]]) -> list[Query]:
    return [
        {
            "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
            "eval_time": f"{NINE + minute}m",
            "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
        }
        for minute, alert, fires in expected
    ]


def run(
    folder: Path, rules: str, series: dict[str, str], queries: Sequence[Query], *, step_minutes: int
) -> None:
    (folder / "rules.json").write_text(rules)
    test = {
        "interval": f"{step_minutes}m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": queries,
    }
    cases = {"rule_files": ["rules.json"], "evaluation_interval": f"{step_minutes}m", "tests": [test]}
    (folder / "test.json").write_text(json.dumps(cases))
    result = subprocess.run(
        ["promtool", "test", "rules", "test.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_pages_for_ten_minutes_of_one_day_a_month(tmp_path: Path) -> None:
    moments = [(-24 * 60, False), (-5, False), (0, True), (5, True), (10, False), (60, False), (WEEK, False)]
    expected = [(SIX_DAYS + minute, PAGE, fires) for minute, fires in moments]
    run(tmp_path, json.dumps(RULES), {"up": "1"}, firing(expected), step_minutes=5)


def test_a_page_in_time_opens_no_ticket_and_is_measured(tmp_path: Path) -> None:
    require(
        tmp_path,
        {REQUESTS: counter(1), FAILURES: counter(None)},
        (0, PAGE, True),
        *((minute, TICKET, False) for minute in range(15)),
        seconds=60,
    )


@pytest.mark.parametrize(
    ("requests", "failures"),
    [(None, None), (1, 1), (6, None), (-2, None)],
    ids=["no request", "PagerDuty refuses it", "too late", "another page came before"],
)
def test_a_page_that_does_not_arrive_in_time_opens_a_ticket(
    tmp_path: Path, requests: int | None, failures: int | None
) -> None:
    require(
        tmp_path,
        {REQUESTS: counter(requests), FAILURES: counter(failures)},
        (0, TICKET, False),
        (5, TICKET, True),
        (14, TICKET, True),
        (15, TICKET, False),
    )


def test_lost_metrics_open_a_ticket(tmp_path: Path) -> None:
    require(tmp_path, {"up": counter(None)}, (5, TICKET, True), (15, TICKET, False))

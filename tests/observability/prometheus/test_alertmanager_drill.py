"""The monthly drill of Alertmanager over simulated months, evaluated by promtool."""

import json
import subprocess
from pathlib import Path

import pytest

from constructs_arq.observability.prometheus.alertmanager_drill import drill_alerts

# promtool starts on 1970-01-01, a Thursday. The first Wednesday is six days later.
STEP = 5
NINE = (6 * 24 + 9) * 60
WEEK = 7 * 24 * 60
PAGE, TICKET = "AlertmanagerDrill", "AlertmanagerDrillFailed"
REQUESTS, FAILURES = (
    f'alertmanager_notification_requests_{name}{{integration="pagerduty"}}'
    for name in ("total", "failed_total")
)


def counter(minutes_after_nine: int | None) -> str:
    """Return a counter that counts one at a minute, or never."""
    if minutes_after_nine is None:
        return f"0x{(NINE + 60) // STEP}"
    before = (NINE + minutes_after_nine) // STEP - 1
    return f"0x{before} 1x{60 // STEP}"


def require(folder: Path, series: dict[str, str], *expected: tuple[int, str, bool]) -> None:
    """Run promtool. `expected` has minutes after 9:00 on that day, an alert, and whether it fires."""
    rules = {"groups": [drill_alerts().manifest("https://example.com/runbooks")]}
    (folder / "rules.json").write_text(json.dumps(rules))
    queries = [
        {
            "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
            "eval_time": f"{NINE + minute}m",
            "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
        }
        for minute, alert, fires in expected
    ]
    test = {
        "interval": f"{STEP}m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": queries,
    }
    cases = {"rule_files": ["rules.json"], "evaluation_interval": f"{STEP}m", "tests": [test]}
    (folder / "test.json").write_text(json.dumps(cases))
    result = subprocess.run(
        ["promtool", "test", "rules", "test.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_pages_for_ten_minutes_of_one_day_a_month(tmp_path: Path) -> None:
    require(
        tmp_path,
        {REQUESTS: counter(0), FAILURES: counter(None)},
        (-24 * 60, PAGE, False),
        (-STEP, PAGE, False),
        (0, PAGE, True),
        (5, PAGE, True),
        (10, PAGE, False),
        (60, PAGE, False),
        (WEEK, PAGE, False),
        (5, TICKET, False),
        (10, TICKET, False),
    )


@pytest.mark.parametrize(
    ("requests", "failures"),
    [(None, None), (0, 0), (10, None)],
    ids=["no request", "PagerDuty refuses it", "too late"],
)
def test_a_page_that_does_not_arrive_in_time_opens_a_ticket(
    tmp_path: Path, requests: int | None, failures: int | None
) -> None:
    require(
        tmp_path,
        {REQUESTS: counter(requests), FAILURES: counter(failures)},
        (0, TICKET, False),
        (5, TICKET, True),
        (15, TICKET, False),
    )


def test_lost_metrics_open_a_ticket(tmp_path: Path) -> None:
    require(tmp_path, {"up": counter(None)}, (5, TICKET, True), (15, TICKET, False))

"""Alarms are created after the resources that they measure."""

import json
from pathlib import Path

import pytest

from tests.environments.alarm_metrics import metrics_of

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_alarms_that_take_missing_data_for_a_breach_refer_to_their_resource(environment: str) -> None:
    resources = json.loads((SNAPSHOTS / f"{environment}.json").read_text())["resource"]
    alarms = resources["aws_cloudwatch_metric_alarm"]
    breaching = {
        name: alarm
        for name, alarm in alarms.items()
        # Each backup of an account counts, and a new account has none.
        if alarm["treat_missing_data"] == "breaching" and alarm.get("namespace") != "AWS/Backup"
    }
    literal = {
        name: metric["dimensions"]
        for name, alarm in breaching.items()
        for metric in metrics_of(alarm)
        if not any("${" in value for value in metric["dimensions"].values())
    }
    assert breaching
    assert literal == {}

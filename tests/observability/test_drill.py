"""The drill's state machine against moto's CloudWatch, and the heartbeat."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from constructs_arq.core.alarm import Severity
from constructs_arq.core.stack import Stack
from constructs_arq.observability.paging.drill import Drill
from constructs_arq.observability.paging.drill_states import drill_definition
from constructs_arq.observability.paging.heartbeat import Heartbeat
from constructs_arq.security.key import Key
from tests.observability.states_interpreter import Machine
from tests.support import Synthesized, synthesize

REGION = "eu-west-1"
ALARM, RULE = "test-drill-page", "test-pager-trigger"


def definition() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(drill_definition(environment="test", alarm_name=ALARM, rule_name=RULE))
    return found


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield moto's CloudWatch with the drill alarm, whose state the tests set."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("cloudwatch", REGION)
        client.put_metric_alarm(
            AlarmName=ALARM,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=3,
            MetricName="Drill",
            Namespace="Arq/Paging",
            Period=60,
            Statistic="Sum",
            Threshold=0,
        )
        client.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="quiet")
        yield client


def run(cloudwatch: Any, *, rounds: int | None, latency: float | None) -> tuple[str, Machine, dict[str, Any]]:
    """Run a drill whose alarm breaches in this round, and whose call takes so many milliseconds."""
    if latency is not None:
        datum = {
            "MetricName": "IngestionToInvocationSuccessLatency",
            "Dimensions": [{"Name": "RuleName", "Value": RULE}],
            "Timestamp": datetime.now(UTC),
            "Value": latency,
        }
        cloudwatch.put_metric_data(Namespace="AWS/Events", MetricData=[datum])
    written: list[str] = []

    def breach(state: str) -> None:
        if state == "Breach":
            written.append(state)
            if len(written) == rounds:
                cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="breached")

    machine = Machine(definition(), cloudwatch, on_task=breach)
    error, data = machine.run()
    return error, machine, data


def test_a_page_in_time_passes_and_its_time_is_recorded(cloudwatch: Any) -> None:
    error, machine, data = run(cloudwatch, rounds=12, latency=523.4)
    assert error == ""
    assert data["milliseconds"] == 12 * 16_000 + 523
    assert machine.waited_seconds == 12 * 15 + 60
    metrics = cloudwatch.list_metrics(Namespace="Arq/Paging", MetricName="DrillMilliseconds")["Metrics"]
    assert metrics[0]["Dimensions"] == [{"Name": "Environment", "Value": "test"}]


@pytest.mark.parametrize(
    ("rounds", "latency", "expected"),
    [
        (None, 500.0, "NoAlarm"),
        (12, None, "NoCall"),
        (18, 20_000.0, "Late"),
    ],
)
def test_a_page_that_is_late_or_missing_fails(
    rounds: int | None, latency: float | None, expected: str, cloudwatch: Any
) -> None:
    assert run(cloudwatch, rounds=rounds, latency=latency)[0] == expected


def test_a_drill_does_not_start_during_another(cloudwatch: Any) -> None:
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="another")
    assert run(cloudwatch, rounds=None, latency=500.0)[0] == "AnotherDrill"
    assert cloudwatch.list_metrics(Namespace="Arq/Paging")["Metrics"] == []


def test_each_state_is_reachable_and_leads_to_an_existing_one() -> None:
    states = definition()["States"]
    targets = {states_of for state in states.values() for states_of in _targets(state)}
    assert targets | {"Start"} == set(states)


def _targets(state: dict[str, Any]) -> set[str]:
    choices = [each["Next"] for each in state.get("Choices", ())]
    return {*choices, *(state[key] for key in ("Next", "Default") if key in state)}


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    def build(stack: Stack) -> None:
        key = Key(stack, "key", description="schedules")
        page, failed = Drill(stack, "drill", trigger_rule=RULE, key=key).alarms
        assert (page.severity, failed.severity) == (Severity.CRITICAL, Severity.WARNING)
        assert (page.namespace, page.metric, page.dimensions) == (
            "Arq/Paging",
            "Drill",
            {"Environment": "test"},
        )
        Heartbeat(stack, "heartbeat", key=key)

    return synthesize(build)


def test_the_machine_runs_each_month_on_the_alarm_and_the_rule(synthesized: Synthesized) -> None:
    machine = synthesized.one("aws_sfn_state_machine")
    expected = drill_definition(environment="test", alarm_name=ALARM, rule_name=RULE)
    assert json.loads(machine["definition"]) == json.loads(expected)
    schedule = synthesized.one("aws_scheduler_schedule", "drill/schedule")
    assert schedule["schedule_expression"] == "cron(0 9 ? * TUE#1 *)"
    assert schedule["target"]["arn"].startswith("${aws_sfn_state_machine.")


def test_the_heartbeat_has_no_subscription_whose_url_would_be_in_the_state(synthesized: Synthesized) -> None:
    assert synthesized.of_type("aws_sns_topic_subscription") == {}
    schedule = synthesized.one("aws_scheduler_schedule", "heartbeat/schedule")
    assert schedule["schedule_expression"] == "rate(1 minute)"
    # A heartbeat that waits longer than the period would hide a loss.
    assert schedule["target"]["retry_policy"]["maximum_event_age_in_seconds"] == 60
    assert schedule["target"]["arn"].startswith("${aws_sns_topic.heartbeat")

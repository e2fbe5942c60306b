"""The pager: its events against PagerDuty's format, and what Terraform knows of the key."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_arq.core.alarm import MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.paging.pager import Pager
from constructs_arq.observability.paging.pager_config import PagerConfig, PagerDutyRegion
from constructs_arq.observability.routes import AlarmRoutes
from tests.observability.alarm_builders import CPU, LATENCY, ROUTES, Database
from tests.support import STACK, Synthesized, synthesize

US = "us-east-1"
ACCOUNT = STACK.account_id


def build(stack: Stack) -> None:
    Database(stack, "database", CPU, LATENCY, replace(CPU, name="info", severity=Severity.INFO))
    Database(stack, "cluster", replace(CPU, name="lost", missing_data=MissingData.MISSING))
    Database(stack, "site", replace(CPU, name="errors", region=US))
    Database(stack, "audit", replace(CPU, name="threats", counts_events=True))
    page(stack, other_regions=(US,))


def page(stack: Stack, *, other_regions: tuple[str, ...], config: PagerConfig | None = None) -> None:
    pager = Pager(
        stack, "pager", dashboard="overview", other_regions=other_regions, config=config or PagerConfig()
    )
    pager.page_for(Alarms(stack, "alarms", routes=AlarmRoutes(stack, "notify", config=ROUTES)))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    config = STACK.model_copy(update={"runbooks_url": "https://docs.example.com/runbooks"})
    return synthesize(build, config=config)


def event(alarm: str, state: str, previous: str, *, region: str = "eu-west-1") -> dict[str, Any]:
    """Return an event in the shape that AWS documents."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": "2026-11-29T17:04:40Z",
        "region": region,
        "resources": [f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{alarm}"],
        "detail": {
            "alarmName": alarm,
            "configuration": {"description": 'Its "CPU" is busy. Runbook: https://docs.example.com/cpu.md'},
            "previousState": {"value": previous},
            "state": {"value": state, "reason": "Threshold crossed: 3 datapoints"},
        },
    }


def selects(pattern: Any, value: Any) -> bool:
    """Return whether a pattern of exact values matches, as EventBridge does."""
    if isinstance(pattern, dict):
        return all(key in value and selects(each, value[key]) for key, each in pattern.items())
    return value in pattern


def sent(synthesized: Synthesized, given: dict[str, Any], region: str = "eu-west-1") -> list[dict[str, Any]]:
    """Return the events that the rules of a region send, after the input transformer."""
    found = []
    for path, rule in synthesized.of_type("aws_cloudwatch_event_rule").items():
        if f"/{region}/" in path and selects(json.loads(rule["event_pattern"]), given):
            target = synthesized.one("aws_cloudwatch_event_target", f"{path}-target")
            found.append(transform(target["input_transformer"], given))
    return found


def transform(transformer: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the input of the target. EventBridge leaves out paths that match nothing, and escapes no text.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    def text_of(variable: str, *, is_inside_text: bool) -> str:
        found: Any = given
        for step in transformer["input_paths"][variable].removeprefix("$.").replace("[0]", ".0").split("."):
            if not step.isdigit() and step not in found:
                return ""
            found = found[int(step)] if step.isdigit() else found[step]
        if isinstance(found, str):
            return found if is_inside_text else f'"{found}"'
        return json.dumps(found)

    pieces, quotes = re.split(r"<([a-z]+)>", transformer["input_template"]), 0
    for position, piece in enumerate(pieces):
        if position % 2:
            pieces[position] = text_of(piece, is_inside_text=quotes % 2 == 1)
        else:
            quotes += piece.count('"')
    result: dict[str, Any] = json.loads("".join(pieces))
    return result


def check_events_api(body: dict[str, Any]) -> None:
    """Check the fields and limits of https://developer.pagerduty.com/docs/send-alert-event."""
    assert set(body) <= {
        "routing_key",
        "event_action",
        "dedup_key",
        "payload",
        "client",
        "client_url",
        "links",
    }
    assert body["event_action"] in {"trigger", "acknowledge", "resolve"}
    assert 0 < len(body["dedup_key"]) <= 255
    if body["event_action"] == "trigger":
        payload = body["payload"]
        assert {"summary", "source", "severity"} <= set(payload)
        assert 0 < len(payload["summary"]) <= 1024
        assert payload["severity"] in {"critical", "error", "warning", "info"}
        assert all(set(link) == {"href", "text"} for link in body["links"])


def test_no_quiet_minute_closes_the_incident_of_an_event(synthesized: Synthesized) -> None:
    (opened,) = sent(synthesized, event("test-audit-threats", "ALARM", "OK"))
    assert opened["event_action"] == "trigger"
    assert sent(synthesized, event("test-audit-threats", "OK", "ALARM")) == []
    assert "ok_actions" not in synthesized.one("aws_cloudwatch_metric_alarm", "alarms/audit/threats")


def test_a_pager_only_for_events_is_refused() -> None:
    def build_events(stack: Stack) -> None:
        Database(stack, "audit", replace(CPU, name="threats", counts_events=True))
        page(stack, other_regions=())

    with pytest.raises(ConstructError, match="only for alarms that count events"):
        synthesize(build_events)


def test_a_problem_opens_an_incident_and_its_end_closes_it(synthesized: Synthesized) -> None:
    (opened,) = sent(synthesized, event("test-database-cpu", "ALARM", "OK"))
    (closed,) = sent(synthesized, event("test-database-cpu", "OK", "ALARM"))
    check_events_api(opened)
    check_events_api(closed)
    assert (opened["event_action"], closed["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == closed["dedup_key"]
    details = opened["payload"]["custom_details"]
    assert details["configuration"]["description"].endswith("Runbook: https://docs.example.com/cpu.md")
    assert details["reason"] == "Threshold crossed: 3 datapoints"
    assert [link["text"] for link in opened["links"]] == ["Dashboard", "Runbooks"]
    assert opened["links"][0]["href"].endswith("#dashboards/dashboard/test-overview")


def test_a_problem_after_missing_data_opens_an_incident(synthesized: Synthesized) -> None:
    assert len(sent(synthesized, event("test-database-cpu", "ALARM", "INSUFFICIENT_DATA"))) == 1


@pytest.mark.parametrize(
    ("alarm", "state", "previous"),
    [
        ("test-database-latency", "ALARM", "OK"),  # a warning
        ("test-database-info", "ALARM", "OK"),
        ("other-database-cpu", "ALARM", "OK"),  # of another environment
        ("test-cluster-lost-state", "ALARM", "OK"),  # a part of a composite alarm
        ("test-database-cpu", "OK", "INSUFFICIENT_DATA"),  # a new alarm
        ("test-database-cpu", "INSUFFICIENT_DATA", "OK"),
    ],
)
def test_other_changes_page_nobody(alarm: str, state: str, previous: str, synthesized: Synthesized) -> None:
    assert sent(synthesized, event(alarm, state, previous)) == []


def test_a_composite_alarm_pages_without_a_description(synthesized: Synthesized) -> None:
    """Its event has the fields of AWS's sample, whose configuration has no description.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    given = event("test-cluster-lost", "ALARM", "OK")
    rule = 'ALARM("test-cluster-lost-state") OR ALARM("test-cluster-lost-missing")'
    given["detail"]["configuration"] = {"alarmRule": rule}
    (opened,) = sent(synthesized, given)
    check_events_api(opened)
    assert opened["payload"]["summary"] == "Alarm test-cluster-lost in eu-west-1"
    assert opened["payload"]["custom_details"]["configuration"] == {"alarmRule": rule}
    assert opened["links"][1]["href"] == "https://docs.example.com/runbooks"


def test_an_alarm_of_another_region_pages_without_the_stacks_region(synthesized: Synthesized) -> None:
    given = event("test-site-errors", "ALARM", "OK", region=US)
    (opened,) = sent(synthesized, given, US)
    check_events_api(opened)
    assert sent(synthesized, given) == []
    for kind in ("connection", "api_destination"):
        found = synthesized.of_type(f"aws_cloudwatch_event_{kind}")
        assert sorted(each.get("provider", "") for each in found.values()) == ["", f"aws.{US}"]
    destination = synthesized.one("aws_cloudwatch_event_api_destination", f"pager/pagerduty-{US}/destination")
    own = synthesized.one("aws_cloudwatch_event_connection", f"pager/pagerduty-{US}/connection")
    assert own["name"] == "test-pager-us-east-1"
    assert "pagerduty-us-east-1_connection" in destination["connection_arn"]
    target = synthesized.one("aws_cloudwatch_event_target", f"pager/{US}/trigger-target")
    assert "pagerduty-us-east-1_destination" in target["arn"]


def test_the_connection_has_a_placeholder_that_terraform_never_writes_again(synthesized: Synthesized) -> None:
    connection = synthesized.one("aws_cloudwatch_event_connection", "pager/connection")
    assert connection["lifecycle"] == {"ignore_changes": "all"}
    assert connection["description"] == "PagerDuty: no key yet"
    values = [
        connection["auth_parameters"]["api_key"]["value"],
        connection["auth_parameters"]["invocation_http_parameters"]["body"][0]["value"],
    ]
    assert values == ["unset", "unset"]


def test_each_target_has_a_queue_in_its_region_that_its_rules_can_write(synthesized: Synthesized) -> None:
    for path, target in synthesized.of_type("aws_cloudwatch_event_target").items():
        queue = synthesized.one("aws_sqs_queue", f"{path.rpartition('/')[0]}/dead-letters")
        policy = synthesized.one("aws_sqs_queue_policy", f"{path.rpartition('/')[0]}/dead-letters-policy")
        assert queue["sqs_managed_sse_enabled"] is True
        assert queue.get("provider") == target.get("provider")
        rule = target["rule"].removesuffix(".name}") + ".arn}"
        assert rule in json.loads(policy["policy"])["Statement"][0]["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_failed_calls_have_warnings_that_do_not_take_the_way_that_fails(synthesized: Synthesized) -> None:
    alarms = synthesized.of_type("aws_cloudwatch_metric_alarm")
    own = {path: alarm for path, alarm in alarms.items() if path.startswith("alarms/pager-")}
    metrics = {(each["namespace"], each["metric_name"], each.get("provider")) for each in own.values()}
    assert metrics == {
        ("AWS/Events", "FailedInvocations", None),
        ("AWS/Events", "FailedInvocations", f"aws.{US}"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", None),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", f"aws.{US}"),
    }
    assert all("warning" in each["alarm_actions"][0] for each in own.values())


def test_the_endpoint_is_that_of_the_service_region() -> None:
    eu = PagerConfig(service_region=PagerDutyRegion.EU)
    assert PagerConfig().endpoint == "https://events.pagerduty.com/v2/enqueue"
    assert eu.endpoint == "https://events.eu.pagerduty.com/v2/enqueue"


@pytest.mark.parametrize(
    ("region", "other_regions", "message"),
    [
        (US, (), "has no rule for critical alarms in us-east-1"),
        (None, (US,), "has no critical alarm in us-east-1"),
    ],
)
def test_regions_without_rules_or_alarms_are_refused(
    region: str | None, other_regions: tuple[str, ...], message: str
) -> None:
    def build_regions(stack: Stack) -> None:
        Database(stack, "database", CPU, replace(CPU, name="errors", region=region))
        page(stack, other_regions=other_regions)

    with pytest.raises(ConstructError, match=message):
        synthesize(build_regions)


def test_too_many_alarms_for_a_pattern_are_refused() -> None:
    def build_many(stack: Stack) -> None:
        Database(stack, "database", *(replace(CPU, name=f"cpu-{index:030}") for index in range(100)))
        page(stack, other_regions=())

    with pytest.raises(ConstructError, match="EventBridge accepts 4096"):
        synthesize(build_many)


def test_a_pager_without_alarms_is_refused() -> None:
    def build_unused(stack: Stack) -> None:
        Database(stack, "database", CPU)
        Pager(stack, "pager", dashboard="overview", other_regions=(), config=PagerConfig())
        Alarms(stack, "alarms", routes=AlarmRoutes(stack, "notify", config=ROUTES))

    with pytest.raises(Exception, match="pages for no alarm"):
        synthesize(build_unused)

"""`arqctl rollout watch`: alarms about requests that began after the deployment, and other critical ones."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.rollout.request_alarms import find_request_alarms
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project
from tests.workflows.workflow_loader import ENVIRONMENTS, ROOT

Capture = pytest.CaptureFixture[str]
SINCE = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER, BEFORE = SINCE + timedelta(seconds=1), SINCE - timedelta(seconds=1)


class FakeAws:
    """Answers `describe_alarms` of each minute and region."""

    def __init__(self) -> None:
        self.minutes: list[dict[str, list[dict[str, object]] | AwsError]] = []
        self.asked: list[tuple[str, object, object]] = []
        self.minute = -1

    def sleep(self, seconds: float) -> None:
        assert seconds == 60
        self.minute += 1

    def list_all(
        self, service: str, operation: str, region: str, member: str, **given: object
    ) -> Sequence[Any]:
        assert (service, operation) == ("cloudwatch", "describe_alarms")
        assert given["AlarmNamePrefix"] == "dev-"
        assert given["StateValue"] == "ALARM"
        self.asked.append((region, member, given["AlarmTypes"]))
        answer = self.minutes[self.minute].get(region, []) if self.minute < len(self.minutes) else []
        if isinstance(answer, AwsError):
            raise answer
        return [each for each in answer if each["member"] == member]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, current_project: Project) -> FakeAws:
    providers = [{"region": "eu-west-1"}, {"alias": "us-east-1", "region": "us-east-1"}]
    resources: dict[str, dict[str, Any]] = {
        "aws_cloudwatch_metric_alarm": {
            "api": {"alarm_name": "dev-api-errors", "namespace": "AWS/ApplicationELB"},
            "cpu": {"alarm_name": "dev-database-cpu", "namespace": "AWS/RDS"},
            "site": {
                "alarm_name": "dev-site-errors",
                "metric_query": [{"id": "m", "metric": {"namespace": "AWS/CloudFront"}}],
                "provider": "aws.us-east-1",
            },
            "targets_state": {"alarm_name": "dev-targets-state", "namespace": "AWS/ApplicationELB"},
            "nodes_state": {"alarm_name": "dev-nodes-state", "namespace": "ContainerInsights"},
        },
        "aws_cloudwatch_composite_alarm": {
            name: {
                "alarm_name": f"dev-{name}",
                "alarm_rule": f'ALARM("${{aws_cloudwatch_metric_alarm.{name}_state.alarm_name}}")',
            }
            for name in ("nodes", "targets")
        },
        "aws_sns_topic": {"other": {"provider": "aws.eu-central-1"}},
    }
    current_project.stack("dev", resources, provider={"aws": providers})
    fake = FakeAws()
    monkeypatch.setattr(AwsApi, "connect", lambda: fake)
    monkeypatch.setattr(time, "sleep", fake.sleep)
    return fake


def alarm(
    name: str = "dev-api-errors",
    *,
    severity: str = "critical",
    began: datetime = LATER,
    member: str = "MetricAlarms",
) -> dict[str, object]:
    topic = f"arn:aws:sns:eu-west-1:210987654321:dev-alarm-routes-{severity}"
    return {"AlarmName": name, "AlarmActions": [topic], "StateTransitionedTimestamp": began, "member": member}


def watch(capsys: Capture, minutes: int = 3) -> tuple[int, str, str]:
    options = ["--since", "2026-11-29T12:00:00Z", "--minutes", str(minutes), "--from", "cdktf.out"]
    return run(capsys, "rollout", "watch", "dev", *options)


@pytest.mark.parametrize(
    ("name", "region", "member"),
    [
        ("dev-api-errors", "eu-west-1", "MetricAlarms"),
        ("dev-site-errors", "us-east-1", "MetricAlarms"),
        ("dev-targets", "eu-west-1", "CompositeAlarms"),
    ],
)
def test_an_alarm_about_requests_that_begins_exits_with_4_at_once(
    aws: FakeAws, capsys: Capture, name: str, region: str, member: str
) -> None:
    aws.minutes = [{}, {region: [alarm(name, member=member)]}, {}]
    code, stdout, _ = watch(capsys)
    assert code == 4
    assert stdout == f"Critical alarms about requests after the deployment:\n{name} ({region})\n"
    assert aws.minute == 1


@pytest.mark.parametrize(
    ("name", "began", "member"),
    [
        ("dev-api-errors", BEFORE, "MetricAlarms"),
        ("dev-database-cpu", BEFORE, "MetricAlarms"),
        ("dev-database-cpu", LATER, "MetricAlarms"),
        ("dev-nodes", LATER, "CompositeAlarms"),
    ],
)
def test_another_critical_alarm_at_the_end_exits_with_3(
    aws: FakeAws, capsys: Capture, name: str, began: datetime, member: str
) -> None:
    aws.minutes = [{"eu-west-1": [alarm(name, began=began, member=member)]}] * 3
    code, stdout, _ = watch(capsys)
    assert code == 3
    assert stdout == f"Other critical alarms, for which nothing is rolled back:\n{name} (eu-west-1)\n"
    assert aws.minute == 2


def test_alarms_of_a_standby_are_not_those_of_its_environment(
    aws: FakeAws, capsys: Capture, current_project: Project
) -> None:
    alarms = {"api": {"alarm_name": "dev-standby-api-errors", "namespace": "AWS/ApplicationELB"}}
    resources = {"aws_cloudwatch_metric_alarm": alarms}
    current_project.stack("dev-standby", resources, provider={"aws": [{"region": "eu-central-1"}]})
    current_project.stack("dev-standby-platform", {})
    aws.minutes = [{"eu-west-1": [alarm("dev-standby-api-errors")], "eu-central-1": [alarm("dev-x")]}]
    code, stdout, _ = watch(capsys, minutes=1)
    assert (code, stdout) == (0, "No critical alarm of dev in eu-west-1, us-east-1\n")


def test_warnings_and_alarms_that_ended_do_not_count(aws: FakeAws, capsys: Capture) -> None:
    warning = alarm(severity="warning")
    aws.minutes = [{"eu-west-1": [warning, alarm(began=BEFORE)]}, {"eu-west-1": [warning]}] * 2
    code, stdout, stderr = watch(capsys, minutes=4)
    assert (code, stderr) == (0, "")
    assert stdout == "No critical alarm of dev in eu-west-1, us-east-1\n"
    assert aws.minute == 3


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_environments_roll_back_for_requests_and_queues_only(name: str) -> None:
    file = ROOT / f"tests/snapshots/{name}.json"
    stack = Stack(name, name, file, "", json.loads(file.read_text()))
    found = find_request_alarms([stack])
    assert {f"{name}-{each}" for each in ("ingress-errors", "ingress-api-errors", "site-errors")} <= found
    assert f"{name}-ingress-api-no-healthy-target" in found
    others = {"database", "cache", "network", "cluster", "certificate", "receipts-backup"}
    assert [each for each in found if each.removeprefix(f"{name}-").split("-")[0] in others] == []


def test_both_kinds_of_alarms_of_each_region_with_alarms_are_asked(aws: FakeAws, capsys: Capture) -> None:
    assert watch(capsys, minutes=1)[0] == 0
    kinds = (("MetricAlarms", ["MetricAlarm"]), ("CompositeAlarms", ["CompositeAlarm"]))
    regions = ("eu-west-1", "us-east-1")
    assert aws.asked == [(region, *kind) for region in regions for kind in kinds]


def test_a_failed_query_is_no_alarm(aws: FakeAws, capsys: Capture) -> None:
    aws.minutes = [{"us-east-1": AwsError("cloudwatch describe_alarms", "AccessDenied", "no")}]
    code, stdout, stderr = watch(capsys)
    assert (code, stdout) == (2, "")
    assert "AWS can't be asked: cloudwatch describe_alarms: AccessDenied: no" in stderr


def test_an_environment_without_alarms_is_refused(current_project: Project, capsys: Capture) -> None:
    del current_project
    code, _, stderr = watch(capsys)
    assert code == 2
    assert "dev: has no alarms" in stderr

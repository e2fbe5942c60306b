"""`arqctl drill alert`: starts the state machine, and reports the time or the failure."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.aws_api import AwsApi
from arqctl.core.pager_drill import is_pager_drill
from tests.arqctl.command_line import run
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, StubbedAws

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
TYPE = "aws_sfn_state_machine"
Capture = pytest.CaptureFixture[str]
MACHINE = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:production-drill"
EXECUTION = f"arn:aws:states:eu-west-1:{ACCOUNT}:execution:production-drill:1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> StubbedAws:
    stubbed = StubbedAws()
    monkeypatch.setattr(AwsApi, "connect", lambda: stubbed.api)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return stubbed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stack = {
        "provider": {"aws": [{"region": "eu-west-1", "allowed_account_ids": [ACCOUNT]}]},
        "resource": {
            "aws_sfn_state_machine": {
                "another": {"name": "production-another", "definition": "{}"},
                "drill": {"name": "production-drill", "definition": '{"Namespace": "Arq/Paging"}'},
            }
        },
    }
    (tmp_path / "stacks" / "production").mkdir(parents=True)
    (tmp_path / "stacks/production/cdk.tf.json").write_text(json.dumps(stack))
    entry = {"name": "production", "synthesizedStackPath": "stacks/production/cdk.tf.json"}
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": {"production": entry}}))
    return tmp_path


def alert(aws: StubbedAws, folder: Path, capsys: Capture, **end: Any) -> tuple[int, str, str]:
    """Run a drill that is running at the first look, and ends at the second."""
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    aws.answer("stepfunctions", "start_execution", {"executionArn": EXECUTION}, stateMachineArn=MACHINE)
    aws.answer("stepfunctions", "describe_execution", {"status": "RUNNING"}, executionArn=EXECUTION)
    state = {"id": 7, "type": "WaitStateEntered", "stateEnteredEventDetails": {"name": "WaitForAlarm"}}
    aws.answer("stepfunctions", "get_execution_history", {"events": [state]})
    aws.answer("stepfunctions", "describe_execution", end)
    return run(capsys, "drill", "alert", "production", "--from", str(folder))


def test_production_has_one_drill_among_its_machines() -> None:
    names = [
        machine["name"]
        for stack in ("production", "production-standby")
        for machine in json.loads((SNAPSHOTS / f"{stack}.json").read_text())["resource"][TYPE].values()
        if is_pager_drill(machine)
    ]
    assert names == ["production-drill"]


def test_a_page_in_time_passes_with_its_time(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    output = json.dumps({"milliseconds": 192_523})
    code, printed, progress = alert(aws, folder, capsys, status="SUCCEEDED", output=output)
    assert (code, printed) == (0, "PagerDuty was called 193 seconds after the first datapoint\n")
    assert "WaitForAlarm" in progress


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (
            {"status": "FAILED", "error": "Late", "cause": "The page took longer"},
            "Late: The page took longer",
        ),
        ({"status": "TIMED_OUT"}, "TIMED_OUT"),
        ({"status": "ABORTED"}, "ABORTED"),
        ({"status": "SUCCEEDED", "output": "{}"}, "has no time"),
    ],
)
def test_another_end_fails(
    end: dict[str, str], reason: str, aws: StubbedAws, folder: Path, capsys: Capture
) -> None:
    code, printed, _ = alert(aws, folder, capsys, **end)
    assert code == 4
    assert reason in printed


def test_another_account_is_refused(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": "999999999999"})
    code, _, error = run(capsys, "drill", "alert", "production", "--from", str(folder))
    assert code == 2
    assert "the credentials are of 999999999999" in error


def test_a_rejected_call_is_reported(aws: StubbedAws, folder: Path, capsys: Capture) -> None:
    aws.answer("sts", "get_caller_identity", {"Account": ACCOUNT})
    aws.reject("stepfunctions", "start_execution", "StateMachineDoesNotExist")
    code, _, error = run(capsys, "drill", "alert", "production", "--from", str(folder))
    assert code == 2
    assert "StateMachineDoesNotExist" in error

"""The commands of pages with which people restore backups, and validate a restore whose event was lost."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jmespath  # type: ignore[import-untyped]
from botocore.model import MapShape, StructureShape

from tests.aws_commands import operation_model, parse_aws_command
from tests.recovery.restore_machine_run import JOB, PLAN, event, lambda_answer, run, verdict
from tests.runbook_commands import SNAPSHOTS, check, commands

DOCS = Path(__file__).parents[2] / "docs"
BACKUPS = DOCS / "backups.md"
OVERDUE = DOCS / "runbooks/restore-overdue.md"


def find_command(page: Path, name: str) -> list[str]:
    found, *_ = [command for command in commands(page.read_text()) if name in command]
    return found


def option(command: list[str], name: str) -> str:
    return command[command.index(f"--{name}") + 1]


def production(kind: str) -> list[dict[str, Any]]:
    document = json.loads((SNAPSHOTS / "production.json").read_text())
    return list(document["resource"][kind].values())


def test_commands_of_the_page_of_backups_are_valid() -> None:
    for command in commands(BACKUPS.read_text()):
        check(command)


def test_a_restore_by_hand_gets_its_metadata_in_a_file_and_the_role_of_the_account() -> None:
    read = find_command(BACKUPS, "get-recovery-point-restore-metadata")
    start = find_command(BACKUPS, "start-restore-job")
    answer = operation_model("backup", "get-recovery-point-restore-metadata").output_shape
    expected = operation_model("backup", "start-restore-job").input_shape
    assert answer
    assert isinstance(expected, StructureShape)
    metadata = expected.members["Metadata"]
    assert isinstance(metadata, MapShape)
    selected = answer.members[option(read, "query")]
    assert isinstance(selected, MapShape)
    assert selected.value.type_name == metadata.value.type_name == "string"
    assert option(read, "output") == "json"
    assert [f"file://{read[-1].removeprefix('>')}"] == [option(start, "metadata")]
    account = json.loads((SNAPSHOTS / "production-account.json").read_text())["resource"]["aws_iam_role"]
    role = option(start, "iam-role-arn").partition(":role/")[2]
    assert role in {each["name"] for each in account.values()}


def test_a_lost_event_is_made_again_from_its_job() -> None:
    query = option(find_command(OVERDUE, "describe-restore-job"), "query")
    detail = event()["detail"]
    job = {
        "RestoreJobId": JOB,
        "Status": "COMPLETED",
        # The AWS CLI writes times so.
        "CreationDate": dt.datetime(2026, 12, 2, 10, 4, tzinfo=dt.UTC).isoformat(),
        "CreatedResourceArn": detail["createdResourceArn"],
        "CreatedBy": {"RestoreTestingPlanArn": PLAN},
    }
    shape = operation_model("backup", "describe-restore-job").output_shape
    assert shape
    assert job.keys() <= shape.members.keys()
    assert job["CreatedBy"].keys() <= shape.members["CreatedBy"].members.keys()  # type: ignore[attr-defined]
    made = jmespath.search(query, job)
    assert made["detail"] == {key: detail[key] for key in made["detail"]}
    found = run(made, {"Invoke": lambda: lambda_answer(verdict(valid=True))})
    assert found.status == "SUCCEEDED"
    (record,) = found.of("PutObject")
    assert record["Key"] == f"restores/2026-12-02-{JOB}.json"


def test_the_machine_of_the_page_exists() -> None:
    query = option(find_command(OVERDUE, "list-state-machines"), "query")
    names = [each["name"] for each in production("aws_sfn_state_machine")]
    listed = {"stateMachines": [{"name": name, "stateMachineArn": f"arn-of-{name}"} for name in names]}
    assert len(jmespath.search(query, listed)) == 1


def test_the_undone_schedule_is_that_of_the_plan() -> None:
    changes = [
        parse_aws_command(command)[1]
        for command in commands(OVERDUE.read_text())
        if "update-restore-testing-plan" in command
    ]
    (plan,) = production("aws_backup_restore_testing_plan")
    assert [each["RestoreTestingPlanName"] for each in changes] == [plan["name"]] * 2
    schedules = [each["RestoreTestingPlan"]["ScheduleExpression"] for each in changes]  # type: ignore[index, call-overload]
    assert schedules[0] != schedules[1] == plan["schedule_expression"]

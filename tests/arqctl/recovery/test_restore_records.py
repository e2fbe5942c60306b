"""`arqctl recovery` with records of restore tests: the last one, measured times, and invalid records."""

import json
from typing import Any

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import Project
from tests.recovery import restore_machine_run as machine

Capture = pytest.CaptureFixture[str]
GIB = 1024**3


def figure(value: float, unit: str) -> dict[str, Any]:
    return {
        "title": "a figure",
        "value": value,
        "unit": unit,
        "kind": "assumed",
        "source": "https://aws.amazon.com/",
    }


FIGURES = {
    "rds-restore-start": figure(30, "minutes"),
    "rds-restore-rate": figure(250, "GiB per hour"),
    "rds-promotion": figure(10, "minutes"),
    "backup-interval": figure(24, "hours"),
    "backup-window": figure(12, "hours"),
}


def row(loss: str, *names: str, data: str = "database") -> dict[str, Any]:
    way = {"how": "a way", "rto_seconds": 1800, "rpo_seconds": 300, "runbook": ""}
    return {
        "loss": loss,
        "data": data,
        "objective": {"rto_seconds": 3600, "rpo_seconds": 300},
        "reason": "",
        "reachable": {**way, "steps": [[name, 60] for name in names], "figures": list(names)},
    }


ROWS = (
    row("table", "rds-restore-start", "rds-restore-rate"),
    row("database", "rds-promotion"),
    row("region", "rds-restore-start", data="services"),
)


def record(day: str = "2026-11-02", *, job: str = "1", valid: bool = True, **restore: Any) -> dict[str, Any]:
    measured = {"seconds": 1260.0, "bytes": 20 * GIB, "recovery_point": f"{day}T05:14:00+00:00", **restore}
    return {
        **machine.event(restoreJobId=job, restoreTestingPlanArn=machine.PLAN.replace("production", "dev")),
        "time": f"{day}T10:41:07Z",
        "result": {**machine.verdict(valid=valid), "restore": measured if valid else None},
    }


def report(
    capsys: Capture, project: Project, *records: Any, options: tuple[str, ...] = ()
) -> tuple[int, str, str]:
    document = {"version": 1, "figures": FIGURES, "recovery": ROWS}
    project.stack("dev", output={"recovery": {"value": json.dumps(document)}})
    folder = project.root / "drills" / "dev-restores"
    folder.mkdir(parents=True)
    for number, each in enumerate(records):
        (folder / f"{number}.json").write_text(each if isinstance(each, str) else json.dumps(each))
    code, out, err = run(capsys, "recovery", "dev", "--from", "cdktf.out", *options)
    return code, out, " ".join(err.split())


def test_rows_that_restore_the_database_have_the_last_valid_test(
    capsys: Capture, current_project: Project
) -> None:
    tests = (record("2026-10-02"), record("2026-11-02", job="2"))
    code, out, _ = report(capsys, current_project, *tests, options=("--format", "json"))
    assert code == 0
    document = json.loads(out)
    assert {each["loss"]: each["last_restore_test"] for each in document["recovery"]} == {
        "table": "2026-11-02",
        "database": None,
        "region": None,
    }
    assert [each["job"] for each in document["restore_tests"]] == ["1", "2"]
    assert [
        (each["figures"], each["limit_seconds"], each["measured_seconds"])
        for each in document["measurements"]
    ] == [
        (["rds-restore-start"], 1800, 1260),
        (["rds-restore-start", "rds-restore-rate"], 1800 + 20 / 250 * 3600, 1260),
        # From 05:14 until 21 minutes before 10:41:07.
        (["backup-interval", "backup-window"], 36 * 3600, 5 * 3600 + 6 * 60 + 7),
    ]


def test_the_text_has_the_day_and_the_rate(capsys: Capture, current_project: Project) -> None:
    code, out, _ = report(capsys, current_project, record())
    assert code == 0
    assert "restore only: 2026-11-02" in out
    assert "20 GiB in 21 min, 57 GiB per hour" in out
    assert "REFUTED" not in out


@pytest.mark.parametrize(
    ("restore", "refuted"),
    [
        ({"seconds": 1800}, []),
        ({"seconds": 1801}, ["rds-restore-start"]),
        ({"seconds": 1801, "bytes": None}, ["rds-restore-start"]),
        ({"seconds": 2100}, ["rds-restore-start", "rds-restore-start + rds-restore-rate"]),
        ({"recovery_point": "2026-10-31T05:14:00+00:00"}, ["backup-interval + backup-window"]),
        ({"seconds": None, "bytes": None}, []),
    ],
)
def test_a_time_above_the_figures_refutes_them(
    restore: dict[str, Any], refuted: list[str], capsys: Capture, current_project: Project
) -> None:
    code, out, _ = report(capsys, current_project, record(**restore))
    found = [line.split("  ")[0] for line in out.splitlines() if line.endswith("  REFUTED")]
    assert (code, found) == (4 if refuted else 0, refuted)


def test_a_slow_test_counts_after_faster_ones(capsys: Capture, current_project: Project) -> None:
    code, out, _ = report(capsys, current_project, record("2026-10-02", seconds=3000), record(job="2"))
    assert code == 4
    assert "50 min on 2026-10-02, limit 30 min" in out


def test_a_failed_last_test_fails_the_command(capsys: Capture, current_project: Project) -> None:
    code, out, _ = report(capsys, current_project, record("2026-10-02"), record(job="2", valid=False))
    assert code == 4
    assert "restore only: 2026-10-02" in out
    assert "rows: 3 tables have fewer rows than the ledger  FAILED" in out


def test_an_earlier_failure_counts_no_longer(capsys: Capture, current_project: Project) -> None:
    tests = (record("2026-10-02", valid=False), record(job="2"))
    assert report(capsys, current_project, *tests)[0] == 0


def test_all_problems_of_the_records_are_reported(capsys: Capture, current_project: Project) -> None:
    other = record()
    other["detail"]["restoreTestingPlanArn"] = machine.PLAN
    unknown = record()
    unknown["result"]["valid"] = "yes"
    code, _, err = report(
        capsys,
        current_project,
        record("2999-01-02"),
        other,
        unknown,
        record(seconds=-1),
        record(recovery_point="yesterday"),
        record(seconds=1e300),
        record(seconds=10**11),
        record(bytes=10**400),
        "[" * 100_000,
        "no JSON",
        "[]",
    )
    assert code == 2
    for text in (
        "time must not be after now, got 2999-01-02T10:41:07+00:00",
        "is of the plan production_restore_tests-1, not of dev",
        "result.valid must be true or false, got 'yes'",
        "result.restore.seconds must be a number from 0 on, got -1",
        "result.restore.recovery_point must be a time, got 'yesterday'",
        "result.restore.seconds must be the duration of a job, got 1e+300",
        "result.restore.seconds must be the duration of a job, got 1e+11",
        f"result.restore.bytes must be a number from 0 on, got 1{'0' * 400}",
        "8.json",
        "9.json",
        "time must be a time, got None",
    ):
        assert text in err
    assert "Traceback" not in err


def test_a_folder_without_records_is_invalid(capsys: Capture, current_project: Project) -> None:
    code, _, err = report(capsys, current_project, options=("--restores", "nowhere"))
    assert code == 2
    assert "nowhere: has no records of restore tests" in err


def test_the_record_of_the_state_machine_is_understood(capsys: Capture, current_project: Project) -> None:
    plan = machine.PLAN.replace("production", "dev")
    answers = {"Invoke": lambda: machine.lambda_answer(machine.verdict(valid=True))}
    found = machine.run(machine.event(restoreTestingPlanArn=plan), answers)
    (written,) = found.of("PutObject")
    written["Body"]["time"] = "2026-11-02T10:41:07Z"
    code, out, _ = report(capsys, current_project, written["Body"])
    assert code == 0
    assert "20 GiB in 21 min" in out

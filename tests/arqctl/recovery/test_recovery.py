"""`arqctl recovery`: the table of an environment, its drills, and invalid input."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from environments.production import PRODUCTION
from environments.recovery import describe_recovery
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project

Capture = pytest.CaptureFixture[str]
FIGURES = {
    "page": {
        "title": "page",
        "value": 5,
        "unit": "minutes",
        "kind": "assumed",
        "source": "https://sre.google/",
    },
    "failover": {
        "title": "failover",
        "value": 120,
        "unit": "seconds",
        "kind": "published",
        "source": "https://docs.aws.amazon.com/",
    },
}
ZONE = {
    "loss": "zone",
    "data": "database",
    "objective": {"rto_seconds": 900, "rpo_seconds": 0},
    "reason": "",
    "reachable": {
        "how": "failover to the standby",
        "rto_seconds": 420,
        "rpo_seconds": 0,
        "steps": [["page", 300], ["failover", 120]],
        "figures": ["page", "failover"],
        "runbook": "database-lost",
    },
}
ACCOUNT = {
    "loss": "account",
    "data": "database",
    "objective": None,
    "reason": "accepted by the board",
    "reachable": None,
}
DRILL = {"part": "database", "loss": "zone", "date": "2026-11-20", "rto_minutes": 3, "rpo_minutes": 0}


def write_output(project: Project, *rows: dict[str, Any], **changes: Any) -> None:
    document = {"version": 1, "figures": FIGURES, "recovery": list(rows), **changes}
    project.stack("dev", output={"recovery": {"value": json.dumps(document)}})


def write_drills(project: Project, *records: Any) -> str:
    file = project.root / "drills.json"
    file.write_text(json.dumps(records))
    return str(file)


def report(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    return run(capsys, "recovery", "dev", "--from", "cdktf.out", *arguments)


def test_the_table_has_objective_reachable_times_way_and_kinds(
    capsys: Capture, current_project: Project
) -> None:
    write_output(current_project, ZONE, ACCOUNT)
    code, out, _ = report(capsys)
    assert code == 0
    zone, account = out.splitlines()[2:4]
    assert [each.strip() for each in zone.split("  ") if each.strip()] == [
        *("zone", "database", "15 min / 0", "7 min / 0", "failover to the standby (database-lost)"),
        *("1 published, 1 assumed", "never"),
    ]
    assert "none: accepted by the board" in account
    assert "lost for good" in account
    assert "failover  120 seconds  published  https://docs.aws.amazon.com/" in out


def test_json_has_all_of_it_in_seconds(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    drills = write_drills(current_project, DRILL)
    code, out, _ = report(capsys, "--format", "json", "--drills", drills)
    assert code == 0
    document = json.loads(out)
    assert document["figures"] == FIGURES
    assert document["recovery"] == [
        {
            "loss": "zone",
            "data": "database",
            "objective": {"rto_seconds": 900, "rpo_seconds": 0},
            "reason": "",
            "reachable": {"rto_seconds": 420, "rpo_seconds": 0},
            "how": "failover to the standby",
            "runbook": "database-lost",
            "steps": [
                {"figure": "page", "seconds": 300, "kind": "assumed"},
                {"figure": "failover", "seconds": 120, "kind": "published"},
            ],
            "figures": ["page", "failover"],
            "last_drill": {"date": "2026-11-20", "rto_seconds": 180, "rpo_seconds": 0, "missed": False},
            "last_restore_test": None,
        }
    ]


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({}, 0, "2026-11-20: 3 min / 0"),
        ({"rto_minutes": 15}, 0, "15 min / 0"),
        ({"rto_minutes": 15.1}, 4, "16 min / 0 MISSED"),
        ({"rpo_minutes": 1}, 4, "3 min / 1 min MISSED"),
        ({"rpo_minutes": None}, 4, "3 min / all MISSED"),
    ],
)
def test_a_missed_objective_fails_the_command(
    changes: dict[str, Any], code: int, text: str, capsys: Capture, current_project: Project
) -> None:
    write_output(current_project, ZONE)
    found, out, _ = report(capsys, "--drills", write_drills(current_project, {**DRILL, **changes}))
    # The last column wraps.
    assert (found, text in " ".join(out.split())) == (code, True), out


def test_only_the_last_drill_counts(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    slow = {**DRILL, "date": "2026-10-01", "rto_minutes": 50}
    assert report(capsys, "--drills", write_drills(current_project, DRILL, slow))[0] == 0
    again = {**DRILL, "rto_minutes": 50}
    assert report(capsys, "--drills", write_drills(current_project, DRILL, again))[0] == 4


def test_a_drill_of_a_loss_without_objective_misses_none(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE, ACCOUNT)
    drill = {**DRILL, "loss": "account", "rto_minutes": 9000, "rpo_minutes": None}
    assert report(capsys, "--drills", write_drills(current_project, drill))[0] == 0


def test_all_problems_of_the_drills_are_reported(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    records = (
        {**DRILL, "date": tomorrow},
        {**DRILL, "date": "yesterday", "rto_minutes": -1, "rpo_minutes": "few"},
        {**DRILL, "loss": "meteor"},
        {"part": "database"},
        "a drill",
    )
    code, _, err = report(capsys, "--drills", write_drills(current_project, *records))
    assert code == 2
    for text in (
        f"date must not be after today, got {tomorrow}",
        "date must be a day, got 'yesterday'",
        "rto_minutes must be a number from 0 on, got -1",
        "rpo_minutes must be a number from 0 on, or null, got 'few'",
        "the loss meteor of database is not in the table",
        "got part",
        "got none",
    ):
        assert text in " ".join(err.split())
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["{}", "no JSON"])
def test_a_file_without_a_list_is_invalid(text: str, capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    file = current_project.root / "drills.json"
    file.write_text(text)
    code, _, err = report(capsys, "--drills", str(file))
    assert code == 2
    assert "drills.json" in err


def test_the_drills_of_the_project_count_without_an_option(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    folder = current_project.root / "drills"
    folder.mkdir()
    (folder / "dev.json").write_text(json.dumps([{**DRILL, "rto_minutes": 16}]))
    code, out, _ = report(capsys)
    assert code == 4
    assert "MISSED" in out


def test_a_missing_file_is_invalid(capsys: Capture, current_project: Project) -> None:
    write_output(current_project, ZONE)
    assert report(capsys, "--drills", "nowhere.json")[0] == 2


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("rows", "changes", "text"),
    [
        ((without(ZONE, "loss"),), {}, "is invalid: 'loss'"),
        (({**ZONE, "objective": {"rto_seconds": -1, "rpo_seconds": 0}},), {}, "-1 is no time"),
        ((ZONE,), {"figures": {"page": FIGURES["page"]}}, "lacks the figures failover"),
        ((ACCOUNT,), {}, "has no recovery objectives"),
        ((), {}, "has no recovery objectives"),
    ],
)
def test_an_invalid_output_is_reported(
    rows: tuple[dict[str, Any], ...],
    changes: dict[str, Any],
    text: str,
    capsys: Capture,
    current_project: Project,
) -> None:
    write_output(current_project, *rows, **changes)
    code, _, err = report(capsys)
    assert code == 2
    assert text in " ".join(err.split())


def test_a_stack_without_the_output_is_reported(capsys: Capture, current_project: Project) -> None:
    current_project.stack("dev")
    code, _, err = report(capsys)
    assert code == 2
    assert "has no output recovery" in err


def test_the_output_of_the_environments_is_understood(
    capsys: Capture, current_project: Project, tmp_path: Path
) -> None:
    value = json.dumps(describe_recovery(PRODUCTION))
    current_project.stack("dev", output={"recovery": {"value": value}})
    code, _, _ = report(capsys, "--format", "json", "--output", str(tmp_path / "out.json"))
    assert code == 0
    rows = json.loads((tmp_path / "out.json").read_text())["recovery"]
    assert {row["loss"] for row in rows} == {"instance", "zone", "table", "database", "region", "account"}


def test_the_page_shows_the_first_lines_of_production(capsys: Capture, current_project: Project) -> None:
    value = json.dumps(describe_recovery(PRODUCTION))
    current_project.stack("production", output={"recovery": {"value": value}})
    code, out, _ = run(capsys, "recovery", "production", "--from", "cdktf.out")
    assert code == 0
    page = (Path(__file__).parents[3] / "docs/recovery.md").read_text()
    shown = page.partition("$ arqctl recovery production\n")[2].partition("```")[0]
    assert shown.count("\n") > 3
    assert "\n".join(line.rstrip() for line in out.splitlines()).startswith(shown)


def test_the_help_has_an_example_and_the_exit_codes(capsys: Capture) -> None:
    code, out, _ = run(capsys, "recovery", "--help")
    assert code == 0
    assert "Example: arqctl recovery production" in out
    assert "4 the last drill of a loss missed its objective" in " ".join(out.replace("│", " ").split())

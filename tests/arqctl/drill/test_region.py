"""`arqctl drill region` and `arqctl drill gameday`: simulated times, and a document with names."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.arqctl.command_line import run

Capture = pytest.CaptureFixture[str]
FIGURE = {"title": "a title", "kind": "assumed", "source": "https://example.com/figure"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    row = {"how": "the standby", "rpo_seconds": 300.0, "steps": [["page", 300.0], ["rds-promotion", 540.0]]}
    recovery = {
        "recovery": [{"loss": "region", "data": "services", "reachable": row}],
        "figures": {"page": FIGURE, "rds-promotion": {**FIGURE, "kind": "published"}},
    }
    stacks: dict[str, Any] = {
        "live": {
            "output": {"recovery": {"value": json.dumps(recovery)}},
            "resource": {"aws_cloudfront_key_value_store": {"s": {"name": "live-site-region-switch"}}},
        },
        "live-standby": {
            "provider": {"aws": [{"region": "eu-central-1"}]},
            "resource": {
                "aws_sfn_state_machine": {"f": {"name": "live-standby-failover"}},
                "aws_db_instance": {"d": {"identifier": "live-standby-database"}},
            },
        },
    }
    entries = {}
    for name, document in stacks.items():
        path = f"stacks/{name}/cdk.tf.json"
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(json.dumps(document))
        entries[name] = {"name": name, "synthesizedStackPath": path}
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": entries}))
    return tmp_path


@pytest.mark.parametrize(("minutes", "code", "end"), [(15, 0, "leaves 01:00"), (10, 4, "is late by 04:00")])
def test_the_clock_adds_the_figures(folder: Path, capsys: Capture, minutes: int, code: int, end: str) -> None:
    status, output, _ = run(
        capsys, "drill", "region", "live", "--minutes", str(minutes), "--from", str(folder)
    )
    assert status == code
    assert "05:00 to 14:00  a title (published: https://example.com/figure)" in output
    assert end in output


def test_a_record_is_marked_as_simulated(folder: Path, capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "drills.json"
    file.write_text("[{}]")
    run(capsys, "drill", "region", "live", "--record", str(file), "--from", str(folder))
    _, record = json.loads(file.read_text())
    assert (record["rto_minutes"], record["rpo_minutes"], record["simulated"]) == (14.0, 5.0, True)


def test_people_and_the_technical_order_have_their_own_sums(folder: Path, capsys: Capture) -> None:
    _, output, _ = run(capsys, "drill", "region", "live", "--minutes", "10", "--from", str(folder))
    assert "detection and decision by people 05:00, technical order 09:00" in output
    assert "people, budget 01:00, over by 04:00" in output
    assert "It would hold if" in output


def test_the_order_on_offline_aws_needs_the_project(folder: Path, capsys: Capture) -> None:
    status, _, errors = run(capsys, "drill", "region", "live", "--offline", "--from", str(folder))
    assert (status, "Leave out --from" in errors) == (2, True)


def test_the_document_has_the_names_of_the_environment(folder: Path, capsys: Capture) -> None:
    status, output, _ = run(capsys, "drill", "gameday", "live", "--from", str(folder))
    assert status == 0
    for name in ("live-standby-failover", "live-standby-database", "live-site-region-switch", "eu-central-1"):
        assert name in output
    assert "| a title | 05:00 | 14:00 | [published](https://example.com/figure) | 09:00 | |" in output


def test_an_environment_without_standby_has_no_failover(folder: Path, capsys: Capture) -> None:
    status, _, errors = run(capsys, "drill", "region", "live-standby", "--from", str(folder))
    assert status == 2
    assert "standby" in errors

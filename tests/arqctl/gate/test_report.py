"""The report's verdict, JSON and schema, and any text of a stack in all four formats."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import arqctl.gate
from arqctl.gate import Finding, Report, render_text
from arqctl.gate.junit import render_junit
from arqctl.gate.sarif import render_sarif
from arqctl.gate.schema import schema_text
from tests.arqctl.gate.reports import CLEAN, FULL, PUBLIC, UNKNOWN, WAIVED, environment
from tests.arqctl.projects import xml

SCHEMA = Path(arqctl.gate.__file__).with_name("report.schema.json")


@pytest.mark.parametrize("report", [CLEAN, FULL])
def test_the_json_conforms_to_its_published_schema(report: Report) -> None:
    document = json.loads(report.to_json())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["verdict"] == report.verdict


def test_the_published_schema_matches_the_models() -> None:
    assert SCHEMA.read_text() == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))


def test_the_json_has_the_documented_names() -> None:
    document = json.loads(FULL.to_json())
    dev = document["environments"]["dev"]
    assert {"resources", "passed", "findings", "unknown", "waived", "snapshot", "addresses"} <= dev.keys()
    assert {"rule", "severity", "address", "path", "message"} <= dev["findings"][0].keys()
    assert dev["waived"][0]["expires"] == "2027-01-01"


@pytest.mark.parametrize(
    "changes",
    [
        {"findings": (PUBLIC,)},
        {"unknown": (UNKNOWN,)},
        {"snapshot": "differs"},
        {"snapshot": "missing"},
        {"addresses": "lost"},
    ],
)
def test_one_failed_environment_fails_the_report(changes: dict[str, object]) -> None:
    report = Report(environments={"dev": environment(), "production": environment(**changes)})
    assert report.verdict == "fail"


def test_a_report_with_only_waived_findings_passes() -> None:
    assert Report(environments={"dev": environment(waived=(WAIVED,))}).verdict == "pass"


def test_a_report_of_another_version_is_not_parsed() -> None:
    assert Report.from_json(FULL.to_json()) == FULL
    with pytest.raises(ValidationError, match="version"):
        Report.from_json(FULL.to_json().replace('"version": 1', '"version": 2'))


@given(text=st.text(st.characters(), min_size=1))
def test_every_format_can_hold_any_text_of_a_stack(text: str) -> None:
    unusual = Finding.model_validate(PUBLIC.model_dump() | {"message": text, "path": text, "address": text})
    report = Report(environments={"dev": environment(findings=(unusual,))})
    assert "\x1b" not in render_text(report)
    assert xml(render_junit(report)).get("failures") == "1"
    render_sarif(report).encode()
    report.to_json().encode()

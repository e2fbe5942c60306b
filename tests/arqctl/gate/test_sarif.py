"""SARIF conforms to the schema of OASIS and to the additional requirements of GitHub."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.gate import Finding, Report
from arqctl.gate.sarif import render_sarif
from tests.arqctl.gate.reports import CLEAN, FULL, MINOR, PUBLIC, SECOND, SOURCES, environment

_OASIS = json.loads((Path(__file__).with_name("schemas") / "sarif-2.1.0.json").read_text())
jsonschema.Draft7Validator.check_schema(_OASIS)
SCHEMA = jsonschema.Draft7Validator(_OASIS)


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a folder with a Git repository; the tests may run outside of one."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def run(report: Report) -> Any:
    document = json.loads(render_sarif(report))
    assert document["version"] == "2.1.0"
    [sarif_run] = document["runs"]
    return sarif_run


def results(*findings: Finding, name: str = "dev", **changes: object) -> list[Any]:
    report = Report(environments={name: environment(findings=findings, **changes)})
    found: list[Any] = run(report)["results"]
    return found


def location(result: Any) -> tuple[str, int]:
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]["startLine"]


@pytest.mark.parametrize("report", [CLEAN, FULL, Report(environments={})])
def test_the_document_conforms_to_the_schema_of_oasis(report: Report) -> None:
    SCHEMA.validate(json.loads(render_sarif(report)))


def test_the_schema_rejects_an_invalid_document() -> None:
    document = json.loads(render_sarif(FULL))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not SCHEMA.is_valid(document)


@given(text=st.text(st.characters(), min_size=1))
def test_the_document_conforms_for_any_text_of_a_stack(text: str) -> None:
    unusual = Finding.model_validate(PUBLIC.model_dump() | {"message": text, "path": text, "address": text})
    written = render_sarif(Report(environments={"dev": environment(findings=(unusual,))}))
    SCHEMA.validate(json.loads(written.encode()))


def test_each_result_has_its_rule_and_waived_findings_are_suppressed() -> None:
    sarif_run = run(FULL)
    rules = sarif_run["tool"]["driver"]["rules"]
    assert {result["ruleId"] for result in sarif_run["results"]} == {rule["id"] for rule in rules}
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in sarif_run["results"])
    assert {"CKV_AWS_17", "ARQ_UNKNOWN", "ARQ_SNAPSHOT"} <= {rule["id"] for rule in rules}
    suppressed = [result["ruleId"] for result in sarif_run["results"] if "suppressions" in result]
    assert suppressed == ["CKV_AWS_157"]


def test_a_rule_has_title_severity_and_link() -> None:
    evaluated = PUBLIC.model_copy(
        update={"message": "Ensure RDS isn't public (evaluated publicly_accessible)"}
    )
    [rule] = run(Report(environments={"dev": environment(findings=(evaluated,))}))["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == {"text": "Ensure RDS isn't public"}
    assert rule["properties"]["security-severity"] == "9.5"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["helpUri"] == "https://example.com/rds"
    assert "https://example.com/rds" in rule["help"]["text"]


@pytest.mark.usefixtures("repository")
def test_a_result_has_the_source_location_and_relates_the_line_of_the_library() -> None:
    [result, other] = results(PUBLIC, MINOR.model_copy(update={"path": "dev/other"}), sources=SOURCES)
    assert location(result) == ("environments/platform.py", 34)
    [related] = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "constructs_arq/data/postgres.py"
    assert related["physicalLocation"]["region"]["startLine"] == 120
    assert location(other) == ("cdktf.out/stacks/dev/cdk.tf.json", 1)
    assert "relatedLocations" not in other


@pytest.mark.usefixtures("repository")
def test_a_finding_with_a_file_points_to_that_file() -> None:
    waiver = PUBLIC.model_copy(update={"file": "policies/waivers.toml", "stack": ""})
    [result] = results(waiver, sources=SOURCES)
    assert location(result) == ("policies/waivers.toml", 1)
    assert "relatedLocations" not in result


@pytest.mark.usefixtures("repository")
def test_a_change_of_the_snapshot_points_to_the_line_of_the_changed_construct() -> None:
    places = {
        r["properties"]["address"]: location(r) for r in run(FULL)["results"] if r["ruleId"] == "ARQ_SNAPSHOT"
    }
    assert places["aws_vpc.main"] == ("environments/platform.py", 31)
    assert places["aws_subnet.a"] == ("cdktf.out/stacks/dev/cdk.tf.json", 1)


def test_a_missing_snapshot_is_a_result() -> None:
    [result] = results(snapshot="missing")
    assert result["message"]["text"] == "dev: dev has no committed snapshot"


def test_files_are_named_from_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "infra structure"
    (tmp_path / ".git").mkdir()
    (project / "below").mkdir(parents=True)
    (project / "cdktf.json").touch()
    monkeypatch.chdir(project / "below")
    waiver = SECOND.model_copy(update={"file": "waivers.toml"})
    [result, other] = results(PUBLIC, waiver, sources=SOURCES)
    assert location(result)[0] == "infra%20structure/environments/platform.py"
    assert location(other)[0] == "infra%20structure/below/waivers.toml"


def test_files_outside_of_a_repository_have_absolute_uris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [result] = results(PUBLIC, sources=SOURCES)
    assert location(result)[0] == (tmp_path / "environments/platform.py").as_uri()


def fingerprints(*findings: Finding, name: str = "dev", **changes: object) -> list[str]:
    found = [result["partialFingerprints"] for result in results(*findings, name=name, **changes)]
    assert all(each["arqctl/v1"] == each["primaryLocationLineHash"] for each in found)
    return [each["arqctl/v1"] for each in found]


def test_fingerprints_depend_on_rule_environment_and_path_only() -> None:
    reworded = PUBLIC.model_copy(update={"message": "other words", "address": "aws_db_instance.other"})
    assert fingerprints(PUBLIC) == fingerprints(reworded) == fingerprints(PUBLIC, sources=SOURCES)
    assert len({*fingerprints(PUBLIC, SECOND, MINOR), *fingerprints(PUBLIC, name="production")}) == 4


def test_two_findings_of_one_rule_on_one_construct_have_different_fingerprints() -> None:
    again = PUBLIC.model_copy(update={"message": "another argument"})
    [first, second] = fingerprints(PUBLIC, again)
    assert first != second
    assert [first] == fingerprints(PUBLIC)

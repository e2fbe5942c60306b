"""Controls have the worst state of their rules, and none passes while a block is not evaluated."""

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import jsonschema
import pytest

import arqctl.evidence
from arqctl.evidence.build import head_commit
from arqctl.evidence.model import Evidence, evidence_schema
from arqctl.gate import Finding
from arqctl.gate.rule_results import NOT_IN_GRAPH
from tests.arqctl.evidence.evaluations import COMMIT, DATE, evidence, finding, passed, waived

SCHEMA = Path(arqctl.evidence.__file__).with_name("evidence.schema.json")


def state(result: Evidence, control: str, framework: str = "cis-aws") -> str:
    return result.frameworks[framework].controls[control].state


def test_a_control_has_the_worst_state_of_its_rules() -> None:
    result = evidence(
        passed("CKV_AWS_16"),
        findings=(finding("CKV_AWS_17"),),
        unknown=(finding("CKV_AWS_7", "key"),),
        waived=(waived(finding("CKV_AWS_226")),),
    )
    assert state(result, "2.3.1") == "passed"
    assert state(result, "2.3.3") == "failed"
    assert state(result, "3.6") == "unknown"
    assert state(result, "2.3.2") == "waived"
    assert state(result, "3.1") == "no evidence"
    assert state(result, "1.4.4", "pci-dss") == "failed"


def test_evidence_names_date_commit_and_tool_versions() -> None:
    result = evidence(passed("CKV_AWS_16"))
    assert (result.environment, result.date, result.commit) == ("dev", DATE, COMMIT)
    assert result.versions == {"arqctl": version("arqctl"), "checkov": version("checkov")}


def test_rules_without_a_mapping_are_listed() -> None:
    result = evidence(passed("CKV_AWS_16"), passed("CKV_AWS_999"))
    assert all(framework.unmapped_rules[-1] == "CKV_AWS_999" for framework in result.frameworks.values())
    assert "CKV_AWS_16" not in result.frameworks["cis-aws"].unmapped_rules


@pytest.mark.parametrize(
    "changes",
    [
        {"findings": (finding("ARQ_STACK"),)},
        {"unknown": (finding("ARQ_UNKNOWN", address="module.vpc", path="dev/module.vpc"),)},
        {"unknown": (finding("ARQ_UNKNOWN", "other", message=f"{NOT_IN_GRAPH}: the rule could not decide"),)},
    ],
    ids=["a stack", "a module", "a block"],
)
def test_an_unevaluated_block_lets_no_control_pass(changes: dict[str, tuple[Finding, ...]]) -> None:
    result = evidence(passed("CKV_AWS_16"), commit=None, **changes)
    assert len(result.not_evaluated) == 1
    states = {control.state for each in result.frameworks.values() for control in each.controls.values()}
    assert states == {"unknown"}
    assert not result.passes


def test_a_failed_control_stays_failed_despite_an_unevaluated_block() -> None:
    result = evidence(findings=(finding("ARQ_STACK"), finding("CKV_AWS_16")))
    assert state(result, "2.3.1") == "failed"


def test_evidence_passes_if_no_control_is_failed_or_unknown() -> None:
    assert evidence(passed("CKV_AWS_16"), waived=(waived(finding("CKV_AWS_17")),)).passes
    assert not evidence(findings=(finding("CKV_AWS_16"),)).passes
    assert not evidence(unknown=(finding("CKV_AWS_16"),)).passes


def test_a_finding_of_a_rule_without_a_mapping_fails_no_control() -> None:
    result = evidence(findings=(finding("CKV_AWS_999"),))
    assert result.passes
    assert result.rules["CKV_AWS_999"].failed


def test_the_json_matches_the_published_schema() -> None:
    result = evidence(passed("CKV_AWS_16"), waived=(waived(finding("CKV_AWS_17")),), commit=None)
    jsonschema.validate(json.loads(result.to_json()), json.loads(SCHEMA.read_text()))


def test_the_published_schema_matches_the_models() -> None:
    assert SCHEMA.read_text() == evidence_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))


def git(folder: Path, *arguments: str) -> str:
    line = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder), *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def test_head_commit_with_and_without_uncommitted_changes(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert head_commit(tmp_path) is None
    (tmp_path / "main.py").touch()
    git(tmp_path, "add", "main.py")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    commit = head_commit(tmp_path)
    assert commit is not None
    assert (commit.id, commit.uncommitted_changes) == (git(tmp_path, "rev-parse", "HEAD"), False)
    (tmp_path / "new.py").touch()
    changed = head_commit(tmp_path)
    assert changed is not None
    assert changed.uncommitted_changes


def test_there_is_no_head_commit_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert head_commit(tmp_path) is None

"""Controls have the state that their rules give them, and none passes by what nobody saw."""

import json
from importlib.metadata import version
from pathlib import Path

import jsonschema
import pytest

import arqctl.evidence
from arqctl.evidence.model import Evidence
from arqctl.evidence.schema import schema_text
from arqctl.gate import Finding
from arqctl.gate.verdicts import UNSEEN
from tests.arqctl.evidence.judgements import COMMIT, DAY, evidence, finding, passed, waived

SCHEMA = Path(arqctl.evidence.__file__).with_name("evidence.schema.json")


def state(found: Evidence, control: str, framework: str = "cis-aws") -> str:
    return found.frameworks[framework].controls[control].state


def test_a_control_has_the_state_of_its_rules() -> None:
    found = evidence(
        passed("CKV_AWS_16"),
        findings=(finding("CKV_AWS_17"),),
        unknown=(finding("CKV_AWS_7", "key"),),
        waived=(waived(finding("CKV_AWS_226")),),
    )
    assert state(found, "2.3.1") == "passed"
    assert state(found, "2.3.3") == "failed"
    assert state(found, "3.6") == "undecided"
    assert state(found, "2.3.2") == "waived"
    assert state(found, "3.1") == "no evidence"
    assert state(found, "1.4.4", "pci-dss") == "failed"


def test_it_names_what_it_was_made_from() -> None:
    found = evidence(passed("CKV_AWS_16"))
    assert (found.environment, found.date, found.commit) == ("dev", DAY, COMMIT)
    assert found.versions == {"arqctl": version("arqctl"), "checkov": version("checkov")}


def test_rules_without_a_mapping_are_named() -> None:
    found = evidence(passed("CKV_AWS_16"), passed("CKV_AWS_999"))
    assert all(framework.unmapped[-1] == "CKV_AWS_999" for framework in found.frameworks.values())
    assert "CKV_AWS_16" not in found.frameworks["cis-aws"].unmapped


@pytest.mark.parametrize(
    "changes",
    [
        {"findings": (finding("ARQ_STACK"),)},
        {"unknown": (finding("ARQ_UNKNOWN", address="module.vpc", path="dev/module.vpc"),)},
        {"unknown": (finding("ARQ_UNKNOWN", "other", message=f"{UNSEEN}: the rule could not decide"),)},
    ],
    ids=["a stack", "a module", "a block"],
)
def test_what_nobody_saw_lets_no_control_pass(changes: dict[str, tuple[Finding, ...]]) -> None:
    found = evidence(passed("CKV_AWS_16"), commit=None, **changes)
    assert len(found.blind) == 1
    states = {control.state for each in found.frameworks.values() for control in each.controls.values()}
    assert states == {"undecided"}
    assert not found.holds


def test_what_is_failed_stays_failed_even_then() -> None:
    found = evidence(findings=(finding("ARQ_STACK"), finding("CKV_AWS_16")))
    assert state(found, "2.3.1") == "failed"


def test_it_holds_while_nothing_is_failed_or_undecided() -> None:
    assert evidence(passed("CKV_AWS_16"), waived=(waived(finding("CKV_AWS_17")),)).holds
    assert not evidence(findings=(finding("CKV_AWS_16"),)).holds
    assert not evidence(unknown=(finding("CKV_AWS_16"),)).holds


def test_a_finding_of_a_rule_without_a_mapping_fails_no_control() -> None:
    found = evidence(findings=(finding("CKV_AWS_999"),))
    assert found.holds
    assert found.rules["CKV_AWS_999"].failed


def test_the_json_holds_to_its_published_schema() -> None:
    found = evidence(passed("CKV_AWS_16"), waived=(waived(finding("CKV_AWS_17")),), commit=None)
    jsonschema.validate(json.loads(found.to_json()), json.loads(SCHEMA.read_text()))


def test_the_published_schema_is_what_the_models_say() -> None:
    assert SCHEMA.read_text() == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))

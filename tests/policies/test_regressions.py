"""Tests that the gate reports each regression, in a small valid stack and in production with a fleet."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.gate.rule_results import Result
from arqctl.gate.rules import Rules, load_rules
from arqctl.gate.scan import scan
from tests.environments.production_with_fleet import production_with_fleet
from tests.policies.cases import REGRESSIONS
from tests.policies.checkov_runner import ROOT
from tests.policies.mutations import Regression, TargetNotFoundError, TerraformJson

EACH_STACK = pytest.mark.parametrize("name", ["valid", pytest.param("production", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "policies", ROOT)


@dataclass
class Batch:
    """A stack with several regressions, each at another address."""

    document: TerraformJson
    regressions: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def adds(self, regression: Regression, address: str) -> bool:
        """Add a regression if no other is at its address and its mutation still applies."""
        if address in self.addresses:
            return False
        try:
            document, mutated = regression.mutated(self.document)
        except TargetNotFoundError:
            return False
        if mutated == address:
            self.document = document
            self.regressions.add(regression.name)
            self.addresses.add(address)
        return mutated == address


@cache
def _stack(name: str) -> TerraformJson:
    if name == "production":
        return dict(production_with_fleet().document)
    document: TerraformJson = json.loads(Path(__file__).with_name("valid_stack.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


def _violations(folder: Path, document: TerraformJson, rules: Rules) -> set[tuple[str, str]]:
    """Return the rule and address of all failed and unknown results."""
    file = folder / "cdk.tf.json"
    text = json.dumps(document)
    file.write_text(text, encoding="utf-8")
    verdicts = scan(Stack("production", "production", file, text, document), rules)
    return {
        (each.rule.id, each.address)
        for each in verdicts
        if each.result is Result.FAILED or (each.result is Result.UNKNOWN and each.rule.own)
    }


@cache
def _violations_before(name: str, folder: Path, rules: Rules) -> set[tuple[str, str]]:
    return _violations(folder, _stack(name), rules)


@EACH_STACK
def test_stack_without_regressions_passes_all_project_rules(name: str, rules: Rules, folder: Path) -> None:
    assert not {found for found in _violations_before(name, folder, rules) if "_ARQ_" in found[0]}


@cache
def _batches(name: str) -> list[Batch]:
    """Distribute the regressions over copies of the stack, so that each address has at most one per copy."""
    batches: list[Batch] = []
    for regression in REGRESSIONS:
        _, address = regression.mutated(_stack(name))
        if not any(batch.adds(regression, address) for batch in batches):
            batches.append(Batch(_stack(name)))
            assert batches[-1].adds(regression, address)
    return batches


@cache
def _violations_of_batches(name: str, folder: Path, rules: Rules) -> dict[str, set[tuple[str, str]]]:
    """Return the violations by the regression that a batch contains. Scans are slow, and batches are few."""
    return {
        regression: violations
        for batch in _batches(name)
        for violations in [_violations(folder, batch.document, rules)]
        for regression in batch.regressions
    }


@EACH_STACK
@pytest.mark.parametrize("regression", REGRESSIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_regression_is_reported_at_its_address(
    regression: Regression, name: str, rules: Rules, folder: Path
) -> None:
    document, address = regression.mutated(_stack(name))
    expected = {(rule, address) for rule in regression.expected_rules}
    before = _violations_before(name, folder, rules)
    if not expected & (_violations_of_batches(name, folder, rules)[regression.name] - before):
        # Another regression of the batch can hide this one.
        assert expected & (_violations(folder, document, rules) - before)


def test_regression_names_are_unique() -> None:
    names = [regression.name for regression in REGRESSIONS]
    assert len(set(names)) == len(names) >= 40

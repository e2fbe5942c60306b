"""The catalogue of regressions, planted in a stack written for it and in the real production."""

import json
from functools import cache
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.gate.rules import Rules, load_rules
from arqctl.gate.scan import scan
from arqctl.gate.verdicts import Result
from tests.policies.judging import ROOT
from tests.policies.planting import Document, Regression
from tests.policies.regressions import REGRESSIONS

STACKS = {
    "good": Path(__file__).with_name("good_stack.json"),
    # The snapshot is what production synthesizes to; pytest and the gate both hold it to that.
    "production": ROOT / "tests" / "snapshots" / "production.json",
}
EACH_STACK = pytest.mark.parametrize("name", ["good", pytest.param("production", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "policies", ROOT)


@cache
def _stack(name: str) -> Document:
    document: Document = json.loads(STACKS[name].read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


def _accused(folder: Path, document: Document, rules: Rules) -> set[tuple[str, str]]:
    """Return which rules failed what, or couldn't decide it."""
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
def _accused_before(name: str, folder: Path, rules: Rules) -> set[tuple[str, str]]:
    return _accused(folder, _stack(name), rules)


@EACH_STACK
def test_a_stack_without_regressions_breaks_none_of_our_rules(name: str, rules: Rules, folder: Path) -> None:
    assert not {found for found in _accused_before(name, folder, rules) if "_ARQ_" in found[0]}


@EACH_STACK
@pytest.mark.parametrize("regression", REGRESSIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_regression_is_caught_where_it_is(
    regression: Regression, name: str, rules: Rules, folder: Path
) -> None:
    document, address = regression.planted(_stack(name))
    accused = _accused(folder, document, rules) - _accused_before(name, folder, rules)
    assert regression.caught_by & {rule for rule, where in accused if where == address}


def test_the_catalogue_names_each_regression_once() -> None:
    names = [regression.name for regression in REGRESSIONS]
    assert len(set(names)) == len(names) >= 40

"""The catalogue of regressions, planted in a stack that is otherwise good."""

import json
from pathlib import Path

import pytest

from arqctl.gate.assembly import Stack
from arqctl.gate.rules import Rules, load_rules
from arqctl.gate.scan import scan
from arqctl.gate.verdicts import Result
from tests.policies.judging import ROOT
from tests.policies.planting import Document, Regression
from tests.policies.regressions import REGRESSIONS

GOOD: Document = json.loads(Path(__file__).with_name("good_stack.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "policies", ROOT)


def _accused(folder: Path, document: Document, rules: Rules) -> set[tuple[str, str]]:
    """Return what was failed or left undecided by which rule."""
    file = folder / "cdk.tf.json"
    text = json.dumps(document)
    file.write_text(text, encoding="utf-8")
    verdicts = scan(Stack("production", "production", file, text, document), rules)
    return {
        (each.rule.id, each.address)
        for each in verdicts
        if each.result is Result.FAILED or (each.result is Result.UNKNOWN and each.rule.own)
    }


@pytest.fixture(scope="module")
def accused_before(tmp_path_factory: pytest.TempPathFactory, rules: Rules) -> set[tuple[str, str]]:
    return _accused(tmp_path_factory.mktemp("good"), GOOD, rules)


def test_the_good_stack_breaks_none_of_our_rules(accused_before: set[tuple[str, str]]) -> None:
    assert not {rule for rule, _ in accused_before if "_ARQ_" in rule}


@pytest.mark.parametrize("regression", REGRESSIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_regression_is_caught_where_it_is(
    regression: Regression, rules: Rules, accused_before: set[tuple[str, str]], tmp_path: Path
) -> None:
    document, address = regression.planted(GOOD)
    accused = _accused(tmp_path, document, rules) - accused_before
    assert regression.caught_by & {rule for rule, at_address in accused if at_address == address}


def test_the_catalogue_names_each_regression_once() -> None:
    names = [regression.name for regression in REGRESSIONS]
    assert len(set(names)) == len(names) >= 40

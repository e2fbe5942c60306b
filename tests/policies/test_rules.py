"""Tests of each rule on its examples, run by Checkov."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkov.common.models.enums import CheckResult

from arqctl.core.stateful_types import DataLossKind, stateful_type
from policies.__main__ import README, table
from policies.rule import registered_rules
from policies.stack import Json
from tests.policies.cases import EXAMPLES
from tests.policies.cases.example import Bodies, stack
from tests.policies.checkov_runner import RULES, Verdicts, evaluate

ROOT = Path(__file__).parents[2]


def _cases() -> Iterator[tuple[str, str, Bodies, CheckResult | None]]:
    for example in EXAMPLES:
        expected: dict[str, tuple[tuple[Bodies, ...], CheckResult | None]] = {
            "passes": (example.passes, CheckResult.PASSED),
            "fails": (example.fails, CheckResult.FAILED),
            "unknown": (example.unknown, CheckResult.UNKNOWN),
            "not_applicable": (example.not_applicable, None),
        }
        for kind, (stacks, result) in expected.items():
            for index, bodies in enumerate(stacks):
                yield f"{example.rule}-{kind}-{index}", example.rule, bodies, result


CASES = {case: (rule, bodies, result) for case, rule, bodies, result in _cases()}


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdicts]:
    stacks: dict[str, Json] = {case: stack(bodies) for case, (_, bodies, _) in CASES.items()}
    return evaluate(tmp_path_factory.mktemp("examples"), stacks)


@pytest.mark.parametrize("case", CASES)
def test_rule_returns_expected_verdict(case: str, verdicts: dict[str, Verdicts]) -> None:
    rule, bodies, result = CASES[case]
    address = next(iter(bodies)).replace("backend.", "terraform.backend.")
    assert verdicts[case].get((rule, address)) is result


def test_each_rule_file_has_one_rule_with_examples(verdicts: dict[str, Verdicts]) -> None:
    assert verdicts
    files = {path.stem for path in RULES.glob("*.py")} - {"__init__"}
    rules = registered_rules()
    assert {rule.evaluate.__name__ for rule in rules} == files
    assert {rule.id for rule in rules} == {example.rule for example in EXAMPLES}
    assert all(example.passes and example.fails for example in EXAMPLES)


def test_each_rule_has_name_reason_and_link(verdicts: dict[str, Verdicts]) -> None:
    assert verdicts
    for rule in registered_rules():
        assert rule.metadata.name, rule.id
        assert rule.metadata.why.endswith("."), rule.id
        assert rule.metadata.link.startswith("https://"), rule.id


def test_readme_has_the_table_of_all_rules() -> None:
    files = {file.name for file in RULES.glob("[!_]*.py")}
    assert {row.partition("(rules/")[2].partition(")")[0] for row in table().splitlines()[2:]} == files
    assert f"\n\n{table()}\n" in README.read_text(encoding="utf-8"), "run `make snapshots`"


def test_checkov_command_runs_the_rules(tmp_path: Path) -> None:
    stack_file = tmp_path / "stacks" / "production" / "cdk.tf.json"
    stack_file.parent.mkdir(parents=True)
    stack_file.write_text(json.dumps(stack({"aws_s3_bucket.it": {"force_destroy": True}})), encoding="utf-8")
    command = [sys.executable, "-m", "checkov.main", "--directory", str(tmp_path), "--output", "json"]
    options = ["--framework", "terraform_json", "--external-checks-dir", str(RULES), "--check", "CKV_ARQ_18"]
    environment = {**os.environ, "PYTHONPATH": str(RULES.parents[1])}
    ran = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    failed = json.loads(ran.stdout)["results"]["failed_checks"]
    assert [(each["check_id"], each["resource"], each["severity"]) for each in failed] == [
        ("CKV_ARQ_18", "aws_s3_bucket.it", "CRITICAL")
    ]


def backed_up_types() -> frozenset[str]:
    (rule,) = (each for each in registered_rules() if each.id == "CKV_ARQ_60")
    return frozenset(rule.metadata.on)


def test_each_type_that_needs_a_tag_holds_data(verdicts: dict[str, Verdicts]) -> None:
    """The list has names of Terraform's provider: a wrong one would match no resource."""
    assert verdicts
    losses = {name: stateful_type(name) for name in backed_up_types()}
    wrong = [name for name, found in losses.items() if not found or found.loss is not DataLossKind.DATA]
    assert wrong == []


def test_each_type_of_the_environments_with_data_has_a_tag_or_another_protection(
    verdicts: dict[str, Verdicts],
) -> None:
    assert verdicts
    page = (ROOT / "docs/backups.md").read_text()
    used = {
        name
        for path in (ROOT / "tests/snapshots").glob("*.json")
        for name in json.loads(path.read_text()).get("resource", {})
    }
    kinds = (DataLossKind.DATA, DataLossKind.KEYS)
    holding = {name for name in used if (found := stateful_type(name)) and found.loss in kinds}
    assert len(holding) > 5
    assert sorted(name for name in holding - backed_up_types() if f"| `{name}` |" not in page) == []

"""Rules of a project are loaded by path, and an invalid rule file is an error."""

import shutil

import pytest

from arqctl.core.errors import InputError
from arqctl.gate import Finding
from tests.arqctl.projects import HARMLESS, Project

PYTHON_RULE = """
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class Spread(BaseResourceCheck):
    def __init__(self):
        super().__init__("Spread wide", "{id}", [CheckCategories.NETWORKING], ["aws_placement_group"])
        self.severity = "CRITICAL"
        self.guideline = "https://example.com/spread"

    def scan_resource_conf(self, conf):
        {result}


check = Spread()
"""

YAML_RULE = """
metadata:
  id: {id}
  name: Groups are named wide
  severity: HIGH
  category: NETWORKING
definition:
  cond_type: attribute
  resource_types: [aws_placement_group]
  attribute: name
  operator: equals
  value: {value}
"""

GRAPH_RULE = """
from checkov.common.bridgecrew.severities import Severities
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck


class Raises(BaseGraphCheck):
    def __init__(self):
        super().__init__()
        self.id, self.name, self.severity = "CKV2_TEST_6", "Raises", Severities["LOW"]

    def run(self, graph_connector):
        return 1 / 0


get_graph_checks_registry("terraform").checks.append(Raises())
"""


def python_rule(result: str, id: str = "CKV_TEST_1") -> str:
    return PYTHON_RULE.format(id=id, result=result)


@pytest.fixture
def harmless(project: Project) -> Project:
    """Return a project in which no built-in rule fails."""
    project.stack("dev", HARMLESS)
    return project


def test_a_finding_of_a_python_rule_has_severity_address_path_and_link(harmless: Project) -> None:
    harmless.rule("spread.py", python_rule("return CheckResult.FAILED"))
    assert harmless.evaluated().findings == (
        Finding(
            rule="CKV_TEST_1",
            severity="CRITICAL",
            address="aws_placement_group.spread",
            path="dev/spread/Default",
            message="Spread wide",
            stack="dev",
            link="https://example.com/spread",
        ),
    )


@pytest.mark.parametrize(("value", "fails"), [("wide", True), ("spread", False)])
def test_a_yaml_rule_evaluates_blocks(harmless: Project, value: str, *, fails: bool) -> None:
    harmless.rule("named.yaml", YAML_RULE.format(id="CKV2_TEST_2", value=value))
    found = [(each.rule, each.severity, each.address) for each in harmless.evaluated().findings]
    assert found == ([("CKV2_TEST_2", "HIGH", "aws_placement_group.spread")] if fails else [])


def test_a_rule_that_raises_is_unknown_and_blocks(harmless: Project) -> None:
    harmless.rule("spread.py", python_rule("raise KeyError('strategy')"))
    environment = harmless.evaluated()
    [finding] = environment.unknown
    assert (finding.rule, finding.address) == ("CKV_TEST_1", "aws_placement_group.spread")
    assert "KeyError: 'strategy'" in finding.message
    assert not environment.passes


def test_a_project_rule_without_a_result_is_unknown(harmless: Project) -> None:
    harmless.rule("spread.py", python_rule("return CheckResult.UNKNOWN"))
    assert [each.rule for each in harmless.evaluated().unknown] == ["CKV_TEST_1"]


def test_an_exception_in_a_solver_of_checkov_is_unknown(harmless: Project) -> None:
    rule = YAML_RULE.format(id="CKV2_TEST_3", value=5).replace("equals", "starting_with")
    harmless.rule("named.yaml", rule)
    [finding] = harmless.evaluated().unknown
    assert (finding.rule, finding.address) == ("CKV2_TEST_3", "aws_placement_group.spread")


def test_a_graph_rule_that_raises_is_unknown(harmless: Project) -> None:
    harmless.rule("graph.py", GRAPH_RULE)
    [finding] = harmless.evaluated().unknown
    assert (finding.rule, finding.severity, finding.path) == ("CKV2_TEST_6", "LOW", "dev")
    assert "ZeroDivisionError" in finding.message


def test_rules_of_an_earlier_evaluation_do_not_apply(harmless: Project) -> None:
    rule = harmless.rule("spread.py", python_rule("return CheckResult.FAILED"))
    assert harmless.evaluated().findings
    harmless.rule("graph.py", GRAPH_RULE)
    assert harmless.evaluated().unknown
    shutil.rmtree(rule.parent)
    assert (harmless.evaluated().findings, harmless.evaluated().unknown) == ((), ())


def test_a_rule_may_import_a_helper_of_its_project(harmless: Project) -> None:
    harmless.write("results_of_this_test.py", "from checkov.common.models.enums import CheckResult as R\n")
    harmless.rule("_helper.py", "raise AssertionError('a helper is no rule')")
    harmless.rule(
        "spread.py", "from results_of_this_test import R\n" + python_rule("return R.FAILED", "CKV_TEST_4")
    )
    assert [each.rule for each in harmless.evaluated().findings] == ["CKV_TEST_4"]


def test_each_invalid_rule_file_is_a_problem(harmless: Project) -> None:
    harmless.rule("a_broken.py", "import nowhere_to_be_found")
    harmless.rule("b_empty.py", "X = 1")
    harmless.rule("c_shapeless.yaml", "metadata: {}")
    harmless.rule("d_first.py", python_rule("return CheckResult.PASSED", "CKV_TEST_5"))
    harmless.rule("e_second.py", python_rule("return CheckResult.PASSED", "CKV_TEST_5"))
    harmless.rule("f_taken.py", python_rule("return CheckResult.PASSED", "CKV_AWS_16"))
    with pytest.raises(InputError) as raised:
        harmless.evaluate()
    assert [problem.where.rpartition("/")[2] for problem in raised.value.problems] == [
        "a_broken.py",
        "b_empty.py",
        "c_shapeless.yaml",
        "e_second.py",
        "f_taken.py",
    ]

"""What frameworks say of rules holds: the rules exist, and none passes what it should find."""

from pathlib import Path

import pytest
from checkov.common.checks.base_check_registry import BaseCheckRegistry

from arqctl.evidence.framework import Framework, frameworks
from arqctl.gate.rules import load_rules
from tests.arqctl.projects import Body, Project

ROOT = Path(__file__).parents[3]
PORTS = {"CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"}
ALL = list(frameworks().values())


def names(framework: Framework) -> str:
    return framework.name


def test_they_are_the_four_that_are_asked_for() -> None:
    versions = {name: framework.version for name, framework in frameworks().items()}
    assert list(versions) == ["cis-aws", "iso-27001", "pci-dss", "soc-2"]
    assert versions["cis-aws"] == "3.0.0"
    assert versions["pci-dss"] == "4.0.1"
    assert versions["iso-27001"] == "2022"


@pytest.mark.parametrize("framework", ALL, ids=names)
def test_every_rule_exists(framework: Framework) -> None:
    rules = load_rules(ROOT / "policies", ROOT)
    known = {check.id for check in BaseCheckRegistry.get_all_registered_checks()}
    known |= {check.id for check in rules.graph} | rules.own
    assert framework.rules <= known


@pytest.mark.parametrize("framework", ALL, ids=names)
def test_every_rule_stands_there_for_a_reason(framework: Framework) -> None:
    reasons = [why for control in framework.controls.values() for why in control.rules.values()]
    assert all(why.endswith(".") and len(why) > 10 for why in reasons)


@pytest.mark.parametrize("framework", ALL, ids=names)
def test_rules_that_pass_what_is_open_stand_nowhere(framework: Framework) -> None:
    assert not framework.rules & PORTS


@pytest.mark.parametrize(
    "opening",
    [
        {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"},
        {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv6": "::/0"},
    ],
    ids=["every protocol", "IPv6"],
)
def test_and_they_do_pass_it(project: Project, opening: Body) -> None:
    group = {"group": {"description": "A group"}}
    rule = {"open": {"security_group_id": "${aws_security_group.group.id}", **opening}}
    project.stack("dev", {"aws_security_group": group, "aws_vpc_security_group_ingress_rule": rule})
    found = {finding.rule for finding in project.judged().findings}
    assert "CKV_AWS_23" in found
    assert not found & PORTS

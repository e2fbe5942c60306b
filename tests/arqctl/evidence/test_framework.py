"""Mapped rules exist and have a reason, and rules that miss open ports are not mapped."""

from pathlib import Path

import pytest
from checkov.common.checks.base_check_registry import BaseCheckRegistry

from arqctl.evidence.framework import Framework, frameworks
from arqctl.gate.rules import load_rules
from tests.arqctl.projects import Body, Project

ROOT = Path(__file__).parents[3]
PORT_RULES = {"CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"}
FRAMEWORKS = list(frameworks().values())


def framework_name(framework: Framework) -> str:
    return framework.name


def test_supported_frameworks_and_versions() -> None:
    versions = {name: framework.version for name, framework in frameworks().items()}
    assert list(versions) == ["cis-aws", "iso-27001", "pci-dss", "soc-2"]
    assert versions["cis-aws"] == "3.0.0"
    assert versions["pci-dss"] == "4.0.1"
    assert versions["iso-27001"] == "2022"


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=framework_name)
def test_every_rule_exists(framework: Framework) -> None:
    rules = load_rules(ROOT / "policies", ROOT)
    known = {check.id for check in BaseCheckRegistry.get_all_registered_checks()}
    known |= {check.id for check in rules.graph} | rules.own
    assert framework.rules <= known


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=framework_name)
def test_every_mapping_has_a_reason(framework: Framework) -> None:
    reasons = [reason for control in framework.controls.values() for reason in control.rules.values()]
    assert all(reason.endswith(".") and len(reason) > 10 for reason in reasons)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=framework_name)
def test_rules_that_miss_open_ports_are_not_mapped(framework: Framework) -> None:
    assert not framework.rules & PORT_RULES


@pytest.mark.parametrize(
    "source",
    [
        {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"},
        {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv6": "::/0"},
    ],
    ids=["every protocol", "IPv6"],
)
def test_the_unmapped_port_rules_miss_open_ports(project: Project, source: Body) -> None:
    group = {"group": {"description": "A group"}}
    rule = {"open": {"security_group_id": "${aws_security_group.group.id}", **source}}
    project.stack("dev", {"aws_security_group": group, "aws_vpc_security_group_ingress_rule": rule})
    found = {finding.rule for finding in project.evaluated().findings}
    assert "CKV_AWS_23" in found
    assert not found & PORT_RULES

"""The groups name existing arguments, and the platform's resources satisfy them."""

from typing import Any

import pytest

from arqctl.offline.facts import NO_FACTS
from arqctl.offline.planning.groups import Kind, groups_of, known_groups
from arqctl.offline.planning.traversal import parts_of
from arqctl.offline.planning.validation import validate_groups
from arqctl.offline.schema.model import Attribute, Block, NestedBlock
from tests.arqctl.offline.platform_resources import aws, configuration, resources


@pytest.mark.parametrize("type_name", known_groups())
def test_every_member_is_an_argument(type_name: str) -> None:
    for group in groups_of(type_name):
        assert len(set(group.members)) == len(group.members) > 1
        for member in group.members:
            found = _argument(aws().resource(type_name), member)
            assert isinstance(found, NestedBlock) or found.optional, member


def _argument(block: Block, member: tuple[str, ...]) -> Attribute | NestedBlock:
    for name in member[:-1]:
        child = block.blocks.get(name) or block.attributes[name].nested
        assert child is not None, member
        block = parts_of(child)
    return block.blocks.get(member[-1]) or block.attributes[member[-1]]


def test_the_platforms_resources_pass() -> None:
    problems = {}
    for type_name, address, body in resources():
        block = aws().resource(type_name)
        if found := validate_groups(block, groups_of(type_name), configuration(block, body), NO_FACTS):
            problems[address] = [each.detail for each in found]
    assert problems == {}


@pytest.mark.parametrize(
    ("type_name", "changes", "message"),
    [
        ("aws_route", {"gateway_id": "igw-1", "nat_gateway_id": "nat-1"}, "Only one of carrier_gateway_id"),
        ("aws_lb", {"subnet_mapping": [{}]}, "Only one of subnets and subnet_mapping"),
        ("aws_db_instance", {"password": "p", "manage_master_user_password": True}, "Only one of password"),
        ("aws_iam_role", {"name": "n", "name_prefix": "p"}, "Only one of name and name_prefix"),
        ("aws_cloudfront_distribution", {"viewer_certificate": [{}]}, "Exactly one of viewer_certificate"),
    ],
)
def test_conflicting_arguments_are_rejected(type_name: str, changes: dict[str, Any], message: str) -> None:
    block = aws().resource(type_name)
    body = next(body for each, _, body in resources() if each == type_name)
    found = validate_groups(block, groups_of(type_name), configuration(block, body | changes), NO_FACTS)
    assert any(message in each.detail for each in found)


def test_conflicting_launch_arguments_are_rejected() -> None:
    block = aws().resource("aws_autoscaling_group")
    body = {"launch_configuration": "c", "launch_template": [{"id": "lt-1"}], "max_size": 1, "min_size": 1}
    groups = groups_of("aws_autoscaling_group")
    found = validate_groups(block, groups, configuration(block, body), NO_FACTS)
    assert any("Only one of launch_configuration" in each.detail for each in found)


def test_the_file_has_only_known_kinds() -> None:
    assert {kind for groups in known_groups().values() for kind in groups} <= set(Kind)

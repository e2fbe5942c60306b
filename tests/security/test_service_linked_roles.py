"""Tests that service-linked roles are imported if they exist. `test_account_stack` runs Terraform."""

import re

from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from tests.support import synthesize

STACK = synthesize(lambda stack: ServiceLinkedRoles(stack, "roles"))
ROLES = STACK.json["resource"]["aws_iam_service_linked_role"]
LOOKUPS = STACK.json["data"]["aws_iam_roles"]


def test_each_role_has_an_import_block_for_its_own_arn() -> None:
    assert len(STACK.json["import"]) == len(ROLES) == len(LOOKUPS)
    for block in STACK.json["import"]:
        role = ROLES[block["to"].removeprefix("aws_iam_service_linked_role.")]
        found = re.fullmatch(r"\$\{toset\(data\.aws_iam_roles\.([\w-]+)\.arns\)\}", block["for_each"])
        assert found
        assert LOOKUPS[found[1]]["path_prefix"] == f"/aws-service-role/{role['aws_service_name']}/"
        assert block["id"] == "${each.value}"


def test_roles_with_a_suffix_are_not_imported() -> None:
    (pattern,) = [
        each["name_regex"]
        for each in LOOKUPS.values()
        if each["path_prefix"] == "/aws-service-role/autoscaling.amazonaws.com/"
    ]
    assert re.search(pattern, "AWSServiceRoleForAutoScaling")
    assert not re.search(pattern, "AWSServiceRoleForAutoScaling_dev-workers")


def test_roles_are_never_deleted() -> None:
    for role in ROLES.values():
        assert role["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["description"]}

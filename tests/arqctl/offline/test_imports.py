"""Imports of resources that are in the resource store, and of resources that aren't."""

from pathlib import Path

import pytest

from tests.arqctl.offline.offline_stacks import (
    Document,
    OfflineStack,
    prepare_environment,
    replace_resources,
)

pytestmark = pytest.mark.slow

RESOURCES: Document = {
    "aws_vpc": {"main": {"cidr_block": "10.9.0.0/16", "enable_dns_hostnames": True}},
    "aws_subnet": {"main": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.9.1.0/24"}},
    "aws_cloudwatch_log_group": {"main": {"name": "/arq/imported", "retention_in_days": 30}},
    "aws_db_parameter_group": {
        "main": {
            "name": "imported",
            "family": "postgres17",
            "parameter": [{"name": "rds.force_ssl", "value": "1"}],
        }
    },
}


@pytest.fixture
def stack(tmp_path: Path) -> OfflineStack:
    return prepare_environment(tmp_path, "dev", replace_resources(RESOURCES))


def plan_imports(stack: OfflineStack, ids: dict[str, str]) -> dict[str, list[str]]:
    """Return the planned actions of each resource when these ids are imported."""
    blocks = [{"to": address, "id": id_} for address, id_ in ids.items()]
    stack.change(lambda document: document.update({"import": blocks}))
    changes = {each["address"]: each["change"] for each in stack.plan_json()["resource_changes"]}
    assert {address for address, each in changes.items() if each.get("importing")} == set(ids)
    return {address: change["actions"] for address, change in changes.items()}


def test_importing_existing_resources_changes_nothing(stack: OfflineStack) -> None:
    stack.apply()
    ids = {
        f"{each['type']}.{each['name']}": each["instances"][0]["attributes"]["id"]
        for each in stack.state()["resources"]
    }
    stack.terraform("state", "rm", *ids)
    assert stack.state()["resources"] == []
    assert plan_imports(stack, ids) == {address: ["no-op"] for address in ids}


def test_an_import_with_unknown_attributes_forces_no_replacement(stack: OfflineStack) -> None:
    ids = {
        "aws_vpc.main": "vpc-0123456789abcdef0",
        "aws_subnet.main": "subnet-0123456789abcdef0",
        "aws_cloudwatch_log_group.main": "/arq/imported",
        "aws_db_parameter_group.main": "imported",
    }
    planned = plan_imports(stack, ids)
    assert set(planned) == set(ids)
    assert not [address for address, actions in planned.items() if "delete" in actions]
    stack.apply()
    attributes = {
        f"{each['type']}.{each['name']}": each["instances"][0]["attributes"]
        for each in stack.state()["resources"]
    }
    assert {address: each["id"] for address, each in attributes.items()} == ids
    assert attributes["aws_subnet.main"]["vpc_id"] == ids["aws_vpc.main"]
    assert {
        address: actions for address, actions in plan_imports(stack, {}).items() if actions != ["no-op"]
    } == {}


def test_a_resource_is_imported_if_it_exists_and_created_otherwise(stack: OfflineStack) -> None:
    group = "aws_cloudwatch_log_group.main"

    def adopt(document: Document) -> None:
        document["data"] = {
            "aws_cloudwatch_log_groups": {"existing": {"log_group_name_prefix": "/arq/imported"}}
        }
        names = "data.aws_cloudwatch_log_groups.existing.log_group_names"
        ids = f'${{toset([for name in {names} : name if name == "/arq/imported"])}}'
        document["import"] = [{"for_each": ids, "to": group, "id": "${each.value}"}]

    def changes() -> dict[str, Document]:
        return {each["address"]: each["change"] for each in stack.plan_json()["resource_changes"]}

    stack.change(adopt)
    assert changes()[group]["actions"] == ["create"]
    stack.apply()
    assert changes()[group]["actions"] == ["no-op"]
    stack.terraform("state", "rm", group)
    assert changes()[group]["importing"] == {"id": "/arq/imported"}
    stack.apply()
    assert all(change["actions"] == ["no-op"] for change in changes().values())
    stack.destroy()
    assert changes()[group]["actions"] == ["create"]

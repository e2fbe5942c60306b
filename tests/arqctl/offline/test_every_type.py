"""Every resource type and data source of the bindings with real Terraform: create, plan again, destroy."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.mirror import host_of, write_mirror
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.planning.traversal import walk
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from tests.arqctl.offline.installed_schemas import PROVIDERS, schema_of
from tests.arqctl.offline.offline_stacks import OfflineStack
from tests.arqctl.offline.plausible_values import ACCOUNT, REGION
from tests.arqctl.offline.type_configurations import Body, data_source, resource
from tests.arqctl.offline.type_conformance import violates_type

pytestmark = pytest.mark.slow

# Each run of Terraform reads the schemas, so few stacks take less time. More than two would need less memory.
_STACKS = 2
# With all arguments, the state of each of these takes a megabyte, and Terraform copies it for each resource.
_LARGE_TYPES = (
    "aws_quicksight_analysis",
    "aws_quicksight_dashboard",
    "aws_quicksight_template",
    "aws_wafv2_rule_group",
    "aws_wafv2_web_acl",
)
_NAME = "example"
_PROVIDER_CONFIGS: Mapping[str, Body] = {"aws": {"region": REGION, "allowed_account_ids": [ACCOUNT]}}

_for_required_and_all = pytest.mark.parametrize("everything", [False, True], ids=["required", "all"])


@_for_required_and_all
@pytest.mark.parametrize("part", range(_STACKS))
def test_lifecycle_of_aws_resources(part: int, everything: bool, tmp_path: Path) -> None:
    separate = {*_LARGE_TYPES} if everything else set()
    types = sorted(schema_of("aws").resources.keys() - separate)
    _run_lifecycle(tmp_path, "aws", types[part::_STACKS], everything=everything)


def test_lifecycle_of_large_aws_resources(tmp_path: Path) -> None:
    _run_lifecycle(tmp_path, "aws", _LARGE_TYPES, everything=True)


@_for_required_and_all
@pytest.mark.parametrize("provider", sorted({*PROVIDERS} - {"aws"}))
def test_lifecycle_of_resources_of_other_providers(provider: str, everything: bool, tmp_path: Path) -> None:
    _run_lifecycle(tmp_path, provider, tuple(schema_of(provider).resources), everything=everything)


@_for_required_and_all
@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each != "random"])
def test_data_sources_have_every_computed_attribute(provider: str, everything: bool, tmp_path: Path) -> None:
    blocks = schema_of(provider).data_sources
    bodies = {type_: data_source(type_, block, everything=everything) for type_, block in blocks.items()}
    stack = _stack(tmp_path, provider, {"data": _as_blocks(bodies)})
    stack.apply()
    read = {each["type"]: each["values"] for each in _values(stack)}
    assert read.keys() == blocks.keys()
    assert [
        (type_, place.names, place.value)
        for type_, values in read.items()
        for place in walk(blocks[type_], values)
        if place.attribute.computed and violates_type(place.value, place.attribute.type)
    ] == []


def _run_lifecycle(folder: Path, provider: str, types: Sequence[str], *, everything: bool) -> None:
    """Create one resource of each type, require an empty second plan, and destroy all."""
    facts, blocks = PublishedFacts.load(), schema_of(provider).resources
    bodies = {each: resource(each, blocks[each], facts.of(each), everything=everything) for each in types}
    stack = _stack(folder, provider, {"resource": _as_blocks(bodies)})
    terraform = Terraform(find_terraform(), stack.folder, stack.environment)
    planned = terraform.plan(_ignore_progress)
    assert sorted(planned.changes) == sorted(("create", f"{each}.{_NAME}") for each in types)
    terraform.apply(_ignore_progress)
    second_plan = stack.terraform("plan", "-input=false", "-no-color", "-detailed-exitcode")
    assert second_plan.returncode == 0, second_plan.stdout + second_plan.stderr
    stack.apply("-destroy", "-refresh=false")
    assert stack.state()["resources"] == []


def _stack(folder: Path, provider: str, blocks: Body) -> OfflineStack:
    """Prepare a stack that has only these blocks."""
    schema, paths, binary = schema_of(provider), OfflinePaths(folder / "home"), find_terraform()
    required = {"source": schema.source.partition("/")[2], "version": schema.version}
    document: Any = {
        "terraform": {"required_providers": {provider: required}},
        "provider": {provider: _PROVIDER_CONFIGS.get(provider, {})},
        **blocks,
    }
    text, file = json.dumps(document), folder / "stack" / "cdk.tf.json"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    providers = simulated_providers()
    write_mirror(paths, providers)
    stack = Stack(_NAME, _NAME, file, text, document)
    write_offline_files([stack], paths, providers, host=host_of(binary.name), destroying=False)
    return OfflineStack(_NAME, file.parent, paths).with_state_in_memory()


def _as_blocks(bodies: Mapping[str, Body]) -> Body:
    return {type_: {_NAME: _escaped(body)} for type_, body in bodies.items()}


def _escaped(value: object) -> object:
    """Escape the markers of Terraform expressions."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    return value


def _values(stack: OfflineStack) -> list[dict[str, Any]]:
    shown = json.loads(stack.terraform("show", "-json").stdout)
    found: list[dict[str, Any]] = shown.get("values", {}).get("root_module", {}).get("resources", [])
    return found


def _ignore_progress(_line: str) -> None:
    """Ignore progress: failures contain the output."""

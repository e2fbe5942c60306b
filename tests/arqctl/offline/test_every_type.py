"""Every resource type and data source of the bindings, by real Terraform: made, unchanged, destroyed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.terraform_cli import Terraform, find_terraform
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.mirror import host_of, offline_environment, write_mirror
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.planning.traversal import walk
from arqctl.offline.stack_files import write_offline_files
from arqctl.offline.target import simulated_providers
from tests.arqctl.offline.every_type import Body, data_source, resource
from tests.arqctl.offline.extracted import PROVIDERS, schema_of
from tests.arqctl.offline.offline_stacks import OfflineStack
from tests.arqctl.offline.plausible_values import ACCOUNT, REGION
from tests.arqctl.offline.shapes import misshapen

pytestmark = pytest.mark.slow

# Terraform writes the whole state each time that a resource is made: its own time grows with the square of
# what is in one. So there are several stacks, and these, a megabyte each, are in one of their own.
_STACKS = 6
_HUGE = (
    "aws_quicksight_analysis",
    "aws_quicksight_dashboard",
    "aws_quicksight_template",
    "aws_wafv2_rule_group",
    "aws_wafv2_web_acl",
)
_NAME = "example"
_CONFIGURED: Mapping[str, Body] = {"aws": {"region": REGION, "allowed_account_ids": [ACCOUNT]}}

_as_far_as = pytest.mark.parametrize("everything", [False, True], ids=["required", "all"])


@_as_far_as
@pytest.mark.parametrize("part", range(_STACKS))
def test_resources_of_aws_live_and_die(part: int, everything: bool, tmp_path: Path) -> None:
    types = sorted(schema_of("aws").resources.keys() - {*_HUGE})
    _live(tmp_path, "aws", types[part::_STACKS], everything=everything)


@_as_far_as
def test_huge_resources_of_aws_live_and_die(everything: bool, tmp_path: Path) -> None:
    _live(tmp_path, "aws", _HUGE, everything=everything)


@_as_far_as
@pytest.mark.parametrize("provider", sorted({*PROVIDERS} - {"aws"}))
def test_resources_of_other_providers_live_and_die(provider: str, everything: bool, tmp_path: Path) -> None:
    _live(tmp_path, provider, tuple(schema_of(provider).resources), everything=everything)


@_as_far_as
@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each != "random"])
def test_data_sources_answer_all_that_is_computed(provider: str, everything: bool, tmp_path: Path) -> None:
    blocks = schema_of(provider).data_sources
    bodies = {type_: data_source(type_, block, everything=everything) for type_, block in blocks.items()}
    stack = _stack(tmp_path, provider, {"data": _named(bodies)})
    stack.apply()
    read = {each["type"]: each["values"] for each in _values(stack)}
    assert read.keys() == blocks.keys()
    assert [
        (type_, place.names, place.value)
        for type_, values in read.items()
        for place in walk(blocks[type_], values)
        if place.attribute.computed and misshapen(place.value, place.attribute.type)
    ] == []


def _live(folder: Path, provider: str, types: Sequence[str], *, everything: bool) -> None:
    """One resource of each type is planned and made, then plans as it is, and is destroyed."""
    facts, blocks = PublishedFacts.load(), schema_of(provider).resources
    bodies = {each: resource(each, blocks[each], facts.of(each), everything=everything) for each in types}
    stack = _stack(folder, provider, {"resource": _named(bodies)})
    terraform = Terraform(find_terraform(), stack.folder, offline_environment(stack.paths))
    planned = terraform.plan(_nobody_listens)
    assert sorted(planned.changes) == sorted(("create", f"{each}.{_NAME}") for each in types)
    terraform.apply(_nobody_listens)
    again = stack.terraform("plan", "-input=false", "-no-color", "-detailed-exitcode")
    assert again.returncode == 0, again.stdout + again.stderr
    stack.apply("-destroy", "-refresh=false")
    assert stack.state()["resources"] == []


def _stack(folder: Path, provider: str, blocks: Body) -> OfflineStack:
    """A stack of these blocks alone, initialized."""
    schema, paths, binary = schema_of(provider), OfflinePaths(folder / "home"), find_terraform()
    required = {"source": schema.source.partition("/")[2], "version": schema.version}
    document: Any = {
        "terraform": {"required_providers": {provider: required}},
        "provider": {provider: _CONFIGURED.get(provider, {})},
        **blocks,
    }
    text, file = json.dumps(document), folder / "stack" / "cdk.tf.json"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    providers = simulated_providers()
    write_mirror(paths, providers)
    stack = Stack(_NAME, _NAME, file, text, document)
    write_offline_files([stack], paths, providers, host=host_of(binary.name), destroying=False)
    Terraform(binary, file.parent, offline_environment(paths)).init()
    return OfflineStack(_NAME, file.parent, paths)


def _named(bodies: Mapping[str, Body]) -> Body:
    return {type_: {_NAME: _escaped(body)} for type_, body in bodies.items()}


def _escaped(value: object) -> object:
    """What begins an expression begins none."""
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


def _nobody_listens(_line: str) -> None:
    """What is reported as failed says it all."""

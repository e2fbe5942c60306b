"""Every override names existing types and arguments, and changes the derived facts."""

from copy import copy
from dataclasses import replace

import pytest

from arqctl.offline.aws_facts.derive_facts import all_arguments, derive_aws_facts, derive_other_facts
from arqctl.offline.aws_facts.overrides import NO_OVERRIDES, TypeOverrides, read_overrides
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.facts import Facts, Names
from tests.arqctl.offline.aws_facts.installed_facts import blocks, type_mapping

OVERRIDES = read_overrides()
TYPES = sorted(OVERRIDES.types)
AWS_TYPES = [type_ for type_ in TYPES if type_.startswith("aws_")]


def derive(type_: str, overrides: TypeOverrides) -> Facts:
    if type_.startswith("aws_"):
        return derive_aws_facts(type_, blocks()[type_], type_mapping(), overrides)
    return derive_other_facts(type_, blocks()[type_], overrides)


def nested_paths(type_: str, path: Names) -> set[Names]:
    return {each for each, _ in all_arguments(blocks()[type_]) if each[: len(path)] == path}


@pytest.mark.parametrize("type_", TYPES)
def test_an_override_names_a_type_and_its_arguments(type_: str) -> None:
    overrides, block = OVERRIDES.of(type_), blocks()[type_]
    paths = {path for path, _ in all_arguments(block)} | {(name,) for name in block.attributes}
    named = {
        *overrides.names,
        *overrides.forces_replacement,
        *overrides.updates_in_place,
        *overrides.sensitive,
        *overrides.case_insensitive,
        *overrides.constraints,
    }
    assert named - paths == set()
    assert overrides != NO_OVERRIDES


@pytest.mark.parametrize("type_", AWS_TYPES)
def test_overridden_names_are_not_inferred_otherwise(type_: str) -> None:
    overrides, block = OVERRIDES.of(type_), blocks()[type_]
    found = type_mapping().infer_resource_type(type_, block)
    if overrides.cloudformation is not None:
        assert overrides.cloudformation != (found.name if found else "")
    expected = derive(type_, overrides)
    for path in overrides.names:
        fewer = {other: member for other, member in overrides.names.items() if other != path}
        assert derive(type_, replace(overrides, names=fewer)) != expected, path


@pytest.mark.parametrize("type_", TYPES)
def test_an_override_changes_the_facts(type_: str) -> None:
    overrides = OVERRIDES.of(type_)
    facts_without = derive(type_, TypeOverrides(names=overrides.names))
    for path in overrides.forces_replacement:
        assert nested_paths(type_, path) - facts_without.replacing, path
    for path in overrides.updates_in_place:
        assert nested_paths(type_, path) & facts_without.replacing, path
    assert not overrides.sensitive & facts_without.sensitive
    assert all(facts_without.constraints[path].values for path in overrides.case_insensitive)
    assert all(
        facts_without.constraints.get(path) != constraint
        for path, constraint in overrides.constraints.items()
    )
    assert not overrides.forces_replacement & overrides.updates_in_place


def test_instance_sizes_name_existing_arguments_and_files() -> None:
    extensions = Sources.installed().cfn_lint / "extensions"
    for type_, files in OVERRIDES.instance_sizes.items():
        for path, file in files.items():
            assert nested_paths(type_, path)
            assert (extensions / file).is_file()


@pytest.mark.parametrize("prefix", sorted(OVERRIDES.services))
def test_an_overridden_service_is_not_inferred_otherwise(prefix: str) -> None:
    expected, without = type_mapping(), copy(type_mapping())
    services = {each: service for each, service in OVERRIDES.services.items() if each != prefix}
    without._overrides = replace(OVERRIDES, services=services)
    types = [type_ for type_ in blocks() if f"{type_}_".startswith(f"aws_{prefix}_")]
    assert any(
        expected._split_service_and_noun(type_) != without._split_service_and_noun(type_) for type_ in types
    )
    service = OVERRIDES.services[prefix]
    assert set(service.cloudformation) <= set(expected._by_service)
    assert service.api in {"", *expected._models}

"""Every exception names what is there, and is needed: the rules alone would say otherwise."""

from copy import copy
from dataclasses import replace

import pytest

from arqctl.offline.aws_facts.derive_facts import every_argument, facts_elsewhere, facts_of
from arqctl.offline.aws_facts.overrides import NONE, TypeExceptions, read_exceptions
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.facts import Facts, Names
from tests.arqctl.offline.aws_facts.installed_facts import blocks, catalogue

EXCEPTIONS = read_exceptions()
TYPES = sorted(EXCEPTIONS.types)
AWS_TYPES = [type_ for type_ in TYPES if type_.startswith("aws_")]


def derived(type_: str, given: TypeExceptions) -> Facts:
    if type_.startswith("aws_"):
        return facts_of(type_, blocks()[type_], catalogue(), given)
    return facts_elsewhere(type_, blocks()[type_], given)


def below(type_: str, path: Names) -> set[Names]:
    return {each for each, _ in every_argument(blocks()[type_]) if each[: len(path)] == path}


@pytest.mark.parametrize("type_", TYPES)
def test_it_names_a_type_and_its_arguments(type_: str) -> None:
    given, block = EXCEPTIONS.of(type_), blocks()[type_]
    paths = {path for path, _ in every_argument(block)} | {(name,) for name in block.attributes}
    named = {*given.names, *given.replaces, *given.keeps, *given.secret, *given.any_case, *given.limits}
    assert named - paths == set()
    assert given != NONE


@pytest.mark.parametrize("type_", AWS_TYPES)
def test_names_of_aws_are_those_that_rules_do_not_find(type_: str) -> None:
    given, block = EXCEPTIONS.of(type_), blocks()[type_]
    found = catalogue().derived_type(type_, block)
    if given.cloudformation is not None:
        assert given.cloudformation != (found.name if found else "")
    whole = derived(type_, given)
    for path in given.names:
        fewer = {other: member for other, member in given.names.items() if other != path}
        assert derived(type_, replace(given, names=fewer)) != whole, path


@pytest.mark.parametrize("type_", TYPES)
def test_what_it_corrects_would_be_wrong_without_it(type_: str) -> None:
    given = EXCEPTIONS.of(type_)
    bare = derived(type_, TypeExceptions(names=given.names))
    for path in given.replaces:
        assert below(type_, path) - bare.replacing, path
    for path in given.keeps:
        assert below(type_, path) & bare.replacing, path
    assert not given.secret & bare.sensitive
    assert all(bare.constraints[path].values for path in given.any_case)
    assert all(bare.constraints.get(path) != limit for path, limit in given.limits.items())
    assert not given.replaces & given.keeps


def test_sizes_are_listed_for_arguments_that_there_are() -> None:
    extensions = Sources.installed().cfn_lint / "extensions"
    for type_, arguments in EXCEPTIONS.sizes.items():
        for path, file in arguments.items():
            assert below(type_, path)
            assert (extensions / file).is_file()


@pytest.mark.parametrize("prefix", sorted(EXCEPTIONS.services))
def test_a_service_is_named_where_its_own_name_does_not_lead_to_it(prefix: str) -> None:
    whole, without = catalogue(), copy(catalogue())
    services = {each: service for each, service in EXCEPTIONS.services.items() if each != prefix}
    without._exceptions = replace(EXCEPTIONS, services=services)
    types = [type_ for type_ in blocks() if f"{type_}_".startswith(f"aws_{prefix}_")]
    assert any(whole._service_and_noun(type_) != without._service_and_noun(type_) for type_ in types)
    service = EXCEPTIONS.services[prefix]
    assert set(service.cloudformation) <= set(whole._by_service)
    assert service.api in {"", *whole._models}

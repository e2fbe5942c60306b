"""Derives the facts of one resource type from its published schemas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from arqctl.offline.aws_facts.constraints import constraint_for, merge
from arqctl.offline.aws_facts.enums import EnumIndex
from arqctl.offline.aws_facts.overrides import TypeOverrides
from arqctl.offline.aws_facts.schema_mapping import (
    PROVIDER_ARGUMENTS,
    Argument,
    ArgumentMapping,
    map_arguments,
    nested_schema,
    settable_arguments,
)
from arqctl.offline.aws_facts.type_mapping import TypeMapping, resource_noun
from arqctl.offline.aws_facts.value_checks import is_unsupported_pattern
from arqctl.offline.facts import Constraint, Facts, Names
from arqctl.offline.schema.model import Attribute, Block, Nested
from arqctl.offline.types import BOOL

_SECRET_NAME = re.compile(
    r"(^|_)(password|passphrase|secret|secret_string|secret_binary|secret_key|private_key|auth_token|token"
    r"|access_key|secret_access_key|client_secret|api_key|shared_key|credentials?)(_wo)?$"
)
_IMMUTABLE_PREFIXES = ("random_", "tls_")
"""Prefixes of types whose every change forces replacement."""

_KUBERNETES_IDENTITY = frozenset(
    {("metadata", "name"), ("metadata", "namespace"), ("metadata", "generate_name")}
)
"""Arguments that identify a Kubernetes object."""

_ATTACHMENT_SUFFIXES = ("_attachment", "_association")
"""Types that only connect two resources: another end forces replacement."""


def derive_aws_facts(type_: str, block: Block, type_mapping: TypeMapping, overrides: TypeOverrides) -> Facts:
    """Derive the facts of an AWS resource type. `overrides` correct what the sources lack."""
    resource_type = type_mapping.resource_type(type_, block)
    operation = type_mapping.operation(type_, resource_type)
    noun = resource_noun(resource_type.name) if resource_type else ""
    from_cloudformation = (
        list(map_arguments(block, resource_type.shape, aws_names=overrides.names, noun=noun))
        if resource_type
        else []
    )
    from_api = (
        list(map_arguments(block, operation.input_shape, aws_names=overrides.names, noun=noun))
        if operation
        else []
    )
    if resource_type:
        replacing = {mapping.path for mapping in from_cloudformation if mapping.create_only}
    else:
        replacing = {
            mapping.path for mapping in from_api if operation and mapping.member in operation.create_only
        }
        replacing |= set(_attachment_ends(type_, block))
    arguments = dict(all_arguments(block))
    replacing |= set(_implied_replacements(replacing, block))
    replacing -= _with_nested(overrides.updates_in_place, arguments)
    replacing |= _with_nested(overrides.forces_replacement, arguments)
    return Facts(
        cloudformation=resource_type.name if resource_type else "",
        replacing=frozenset(replacing),
        sensitive=frozenset(_sensitive_paths([*from_cloudformation, *from_api])) | overrides.sensitive,
        constraints={
            **_constraints(from_cloudformation, from_api, overrides.case_insensitive, type_mapping.enums),
            **overrides.constraints,
        },
    )


def derive_other_facts(type_: str, block: Block, overrides: TypeOverrides) -> Facts:
    """Derive the facts of another provider's type. Nothing is published, but some types are immutable."""
    arguments = dict(all_arguments(block))
    immutable = (
        frozenset(arguments)
        if type_.startswith(_IMMUTABLE_PREFIXES)
        else _with_nested(_KUBERNETES_IDENTITY & arguments.keys(), arguments)
    )
    return Facts(
        replacing=immutable | _with_nested(overrides.forces_replacement, arguments),
        sensitive=overrides.sensitive,
    )


def checkable_arguments(block: Block) -> Iterator[Names]:
    """Yield the arguments that can hold an invalid value of the right type: no blocks, no booleans."""
    for path, argument in all_arguments(block):
        if path[0] not in PROVIDER_ARGUMENTS and nested_schema(argument) is None and not _is_bool(argument):
            yield path


def _is_bool(argument: Argument) -> bool:
    return isinstance(argument, Attribute) and argument.type == BOOL


def all_arguments(block: Block) -> Iterator[tuple[Names, Argument]]:
    """Yield every argument that a configuration may set, at every depth, with its path."""
    pending: list[tuple[Names, Block | Nested]] = [((), block)]
    while pending:
        path, current = pending.pop()
        for name, argument in settable_arguments(current).items():
            yield (*path, name), argument
            if (inner := nested_schema(argument)) is not None:
                pending.append(((*path, name), inner))


def _with_nested(paths: frozenset[Names], arguments: Mapping[Names, Argument]) -> frozenset[Names]:
    """Return the paths and everything nested in them."""
    if not paths:
        return paths
    return frozenset(
        path for path in arguments if any(path[:end] in paths for end in range(1, len(path) + 1))
    )


def _attachment_ends(type_: str, block: Block) -> Iterator[Names]:
    if type_.endswith(_ATTACHMENT_SUFFIXES):
        for name, argument in settable_arguments(block).items():
            if isinstance(argument, Attribute) and argument.required:
                yield (name,)


def _implied_replacements(replacing: set[Names], block: Block) -> Iterator[Names]:
    """Yield what follows from other replacing arguments: name prefixes, and the region."""
    settable = settable_arguments(block)
    for path in replacing:
        if len(path) == 1 and f"{path[0]}_prefix" in settable:
            yield (f"{path[0]}_prefix",)
    if "region" in settable:
        yield ("region",)


def _sensitive_paths(found: list[ArgumentMapping]) -> Iterator[Names]:
    """Yield sensitive arguments that are also named like a secret: AWS marks names and descriptions too."""
    for mapping in found:
        shape = mapping.shape
        if shape.sensitive and shape.kind != "boolean" and _SECRET_NAME.search(mapping.path[-1]):
            yield mapping.path


def _constraints(
    from_cloudformation: list[ArgumentMapping],
    from_api: list[ArgumentMapping],
    case_insensitive: frozenset[Names],
    enums: EnumIndex,
) -> Mapping[Names, Constraint]:
    merged: dict[Names, Constraint] = {}
    for mapping in (*from_cloudformation, *from_api):
        constraint = constraint_for(mapping)
        if constraint is not None:
            previous = merged.get(mapping.path)
            merged[mapping.path] = merge(previous, constraint) if previous else constraint
    reliable = {path: _reliable_constraint(each, enums) for path, each in merged.items()}
    return {
        path: _match_any_case(each) if path in case_insensitive else each
        for path, each in reliable.items()
        if each != Constraint(each.source)
    }


def _reliable_constraint(constraint: Constraint, enums: EnumIndex) -> Constraint:
    """Return the part of a constraint that certainly holds today.

    Drops patterns that Python interprets differently, and lists of values that only an API model has, as
    AWS may have extended them since. Adds CloudFormation's newer values to lists that both sources have.
    """
    if constraint.pattern and is_unsupported_pattern(constraint.pattern):
        constraint = replace(constraint, pattern="")
    if not constraint.values:
        return constraint
    if constraint.source == "botocore" and not enums.has_enum(constraint.values):
        return replace(constraint, values=())
    return replace(constraint, values=enums.add_newer_values(constraint.values))


def _match_any_case(constraint: Constraint) -> Constraint:
    listed = "|".join(map(re.escape, constraint.values))
    return replace(constraint, values=(), pattern=f"^(?i:{listed})$") if listed else constraint

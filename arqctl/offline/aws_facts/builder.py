"""Builds the store's entries: facts of each resource type of the installed bindings, and region tables."""

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from arqctl.offline.aws_facts.derive_facts import checkable_arguments, derive_aws_facts, derive_other_facts
from arqctl.offline.aws_facts.overrides import read_overrides
from arqctl.offline.aws_facts.region_tables import compile_tables, engine_arguments
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_mapping import TypeMapping
from arqctl.offline.aws_facts.type_records import SENSITIVE_KEY, TypeRecord, encode
from arqctl.offline.facts import Facts, Names
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas

ProgressCallback = Callable[[float], None]
"""Receives the share that is done, from 0 to 1."""


def build_entries(sources: Sources, on_progress: ProgressCallback) -> Mapping[str, bytes]:
    """Return all entries of the store by key: a type's name or a table's key."""
    with _without_garbage_collection():
        return _build_entries(sources, on_progress)


def _build_entries(sources: Sources, on_progress: ProgressCallback) -> Mapping[str, bytes]:
    overrides = read_overrides()
    type_mapping = TypeMapping(sources.cfn_lint, sources.botocore, overrides)
    types = dict(_resource_types())
    found: dict[str, bytes] = {}
    secrets: dict[str, list[Names]] = {}
    for at, (type_, block) in enumerate(types.items()):
        type_overrides = overrides.of(type_)
        instance_sizes = overrides.instance_sizes.get(type_, {})
        if type_.startswith("aws_"):
            facts = derive_aws_facts(type_, block, type_mapping, type_overrides)
        else:
            facts = derive_other_facts(type_, block, type_overrides)
        found[type_] = encode(_record(type_, block, facts, instance_sizes))
        if facts.sensitive:
            secrets[type_] = sorted(facts.sensitive)
        on_progress(at / len(types))
    tables = compile_tables(sources.cfn_lint / "extensions", overrides.instance_sizes)
    found |= {key: json.dumps(table, separators=(",", ":")).encode() for key, table in tables}
    found[SENSITIVE_KEY] = json.dumps(secrets, separators=(",", ":")).encode()
    on_progress(1)
    return found


def _record(type_: str, block: Block, facts: Facts, instance_sizes: Mapping[Names, str]) -> TypeRecord:
    checkable = frozenset(checkable_arguments(block))
    constrained = facts.constraints.keys() | instance_sizes.keys() | engine_arguments(type_)
    return TypeRecord(facts, instance_sizes, len(checkable), len(checkable & constrained))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable garbage collection, which took half of the time: millions of objects live until the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _resource_types() -> Iterator[tuple[str, Block]]:
    for schemas in Schemas.all():
        for type_ in schemas.resource_types:
            yield type_, schemas.resource(type_)

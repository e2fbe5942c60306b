"""Works out what is kept: facts of every type of every provider whose bindings are installed, and tables."""

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from arqctl.offline.aws_facts.derive_facts import facts_elsewhere, facts_of, judged
from arqctl.offline.aws_facts.overrides import read_exceptions
from arqctl.offline.aws_facts.region_tables import compiled, engine_arguments
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_mapping import Catalogue
from arqctl.offline.aws_facts.type_records import SECRETS, Record, encode
from arqctl.offline.facts import Facts, Names
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas

Watch = Callable[[float], None]
"""Told how far it is: from 0 to 1."""


def entries(sources: Sources, watch: Watch) -> Mapping[str, bytes]:
    """All entries of the store, by key: types by their names, tables by theirs."""
    with _without_collection():
        return _entries(sources, watch)


def _entries(sources: Sources, watch: Watch) -> Mapping[str, bytes]:
    exceptions = read_exceptions()
    catalogue = Catalogue(sources.cfn_lint, sources.botocore, exceptions)
    types = dict(_types())
    found: dict[str, bytes] = {}
    secrets: dict[str, list[Names]] = {}
    for at, (type_, block) in enumerate(types.items()):
        given = exceptions.of(type_)
        sizes = exceptions.sizes.get(type_, {})
        if type_.startswith("aws_"):
            facts = facts_of(type_, block, catalogue, given)
        else:
            facts = facts_elsewhere(type_, block, given)
        found[type_] = encode(_record(type_, block, facts, sizes))
        if facts.sensitive:
            secrets[type_] = sorted(facts.sensitive)
        watch(at / len(types))
    tables = compiled(sources.cfn_lint / "extensions", exceptions.sizes)
    found |= {key: json.dumps(table, separators=(",", ":")).encode() for key, table in tables}
    found[SECRETS] = json.dumps(secrets, separators=(",", ":")).encode()
    watch(1)
    return found


def _record(type_: str, block: Block, facts: Facts, sizes: Mapping[Names, str]) -> Record:
    arguments = frozenset(judged(block))
    held = facts.constraints.keys() | sizes.keys() | engine_arguments(type_)
    return Record(facts, sizes, len(arguments), len(arguments & held))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Millions of small objects live until the end: looking for rubbish among them took half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _types() -> Iterator[tuple[str, Block]]:
    for schemas in Schemas.all():
        for type_ in schemas.resource_types:
            yield type_, schemas.resource(type_)

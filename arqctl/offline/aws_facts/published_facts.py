"""What AWS publishes about each resource type, worked out once and read type by type."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Self

from arqctl.core.errors import InputError, Problem
from arqctl.offline.aws_facts.argument_checks import findings
from arqctl.offline.aws_facts.entry_store import DamagedError, Store, write
from arqctl.offline.aws_facts.region_checks import findings as regional_findings
from arqctl.offline.aws_facts.region_tables import Table
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_records import SECRETS, Record, decode
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Facts, Names
from arqctl.offline.schema.cache import VARIABLE, folder
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Value

Watch = Callable[[float], None]
_NO_RECORD = Record(Facts())


def nobody_watches(_done: float) -> None:
    """For whoever doesn't show how far it is."""


class PublishedFacts:
    """Facts of every resource type, and what AWS would refuse in a configuration of one."""

    def __init__(self, store: Store) -> None:
        """Take the store of facts."""
        self._store = store
        self._record = cache(self._read_record)
        self._table = cache(self._read_table)

    @classmethod
    def load(cls, watch: Watch = nobody_watches) -> Self:
        """The facts in the cache; worked out first if they aren't there, or not of what is installed.

        Raises:
            InputError: when cfn-lint or botocore isn't installed, bindings can't be read, or the cache can't
                be written.
        """
        sources = Sources.installed()
        store = Store.open(file(sources), sources.made_of) or _build(sources, watch)
        return cls(store)

    def of(self, type_: str) -> Facts:
        """A type's facts; none for a type that nothing is published of."""
        return self._record(type_).facts

    def secrets(self) -> Mapping[str, frozenset[Names]]:
        """The arguments and attributes that hold secrets, by type; types without any are left out."""
        kept = json.loads(self._get(SECRETS) or b"{}")
        return {type_: frozenset(map(tuple, paths)) for type_, paths in kept.items()}

    def check(
        self, type_: str, block: Block, config: Mapping[str, Value], region: str = ""
    ) -> list[Diagnostic]:
        """What AWS would surely refuse in a configuration. What isn't known before apply isn't judged.

        `region` is where the resource will be; with "" nothing is said of what exists there.
        """
        record = self._record(type_)
        found = list(findings(record.facts, block, config))
        return [*found, *regional_findings(type_, config, region, record.sizes, self._table)]

    def coverage(self, type_: str) -> tuple[int, int]:
        """How many of a type's arguments are checked, and how many could hold a wrong value at all.

        Blocks and booleans are not counted: their form is all that can be wrong with them.
        """
        record = self._record(type_)
        return record.checked, record.arguments

    def types(self) -> tuple[str, ...]:
        """All types, sorted."""
        return tuple(sorted(key for key in self._store.index if "@" not in key))

    def _read_record(self, type_: str) -> Record:
        content = self._get(type_)
        return decode(content) if content else _NO_RECORD

    def _read_table(self, key: str) -> Table | None:
        content = self._get(key)
        table: Table | None = json.loads(content) if content else None
        return table

    def _get(self, key: str) -> bytes | None:
        try:
            return self._store.get(key)
        except DamagedError:
            self._store = _build(Sources.installed(), nobody_watches)
            return self._store.get(key)


def file(sources: Sources) -> Path:
    """Where the facts made of these sources are kept: what was made of others stays beside it."""
    made_of = hashlib.sha256(sources.made_of.encode()).hexdigest()
    return folder().parent / "aws-facts" / f"facts-{made_of[:12]}"


def _build(sources: Sources, watch: Watch) -> Store:
    # Whoever finds all in the cache, as the provider does, shall not load what works it out.
    from arqctl.offline.aws_facts.builder import entries  # noqa: PLC0415

    try:
        write(file(sources), sources.made_of, entries(sources, watch))
    except OSError as error:
        what = f"what AWS publishes can't be kept: {error.strerror}"
        fix = f"Make room, or make it writable, or name another folder in {VARIABLE}"
        raise InputError([Problem(str(file(sources).parent), what, fix)]) from error
    store = Store.open(file(sources), sources.made_of)
    if store is None:
        what = "what was written there just now can't be read"
        raise InputError(
            [Problem(str(file(sources)), what, f"Try again, or name another folder in {VARIABLE}")]
        )
    return store

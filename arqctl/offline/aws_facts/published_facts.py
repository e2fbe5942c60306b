"""Loads the published facts of each resource type from the cache, and builds the cache if necessary."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Self

from arqctl.core.errors import InputError, Problem
from arqctl.offline.aws_facts.argument_checks import check_arguments
from arqctl.offline.aws_facts.entry_store import CorruptEntryError, EntryStore, write_store
from arqctl.offline.aws_facts.region_checks import check_region
from arqctl.offline.aws_facts.region_tables import Table
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_records import SENSITIVE_KEY, TypeRecord, decode
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Facts, Names
from arqctl.offline.schema.cache import CACHE_VARIABLE, cache_folder
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Value

ProgressCallback = Callable[[float], None]
_EMPTY_RECORD = TypeRecord(Facts())


def no_progress(_done: float) -> None:
    """Ignore progress."""


class PublishedFacts:
    """Facts of every resource type, and checks of configurations against them."""

    def __init__(self, store: EntryStore) -> None:
        """Read the facts from this store."""
        self._store = store
        self._record = cache(self._read_record)
        self._table = cache(self._read_table)

    @classmethod
    def load(cls, on_progress: ProgressCallback = no_progress) -> Self:
        """Load the facts from the cache. Build them first if they are missing or from other versions.

        Raises:
            InputError: if cfn-lint or botocore isn't installed, bindings can't be read, or the cache can't
                be written.
        """
        sources = Sources.installed()
        store = EntryStore.open(facts_file(sources), sources.source_versions) or _build_store(
            sources, on_progress
        )
        return cls(store)

    def of(self, type_: str) -> Facts:
        """Return a type's facts; empty facts for an unknown type."""
        return self._record(type_).facts

    def secrets(self) -> Mapping[str, frozenset[Names]]:
        """Return the arguments and attributes that hold secrets by type, without types that have none."""
        secrets = json.loads(self._get(SENSITIVE_KEY) or b"{}")
        return {type_: frozenset(map(tuple, paths)) for type_, paths in secrets.items()}

    def check(
        self, type_: str, block: Block, config: Mapping[str, Value], region: str = ""
    ) -> list[Diagnostic]:
        """Return a diagnostic for each value that AWS would certainly reject. Unknown values are skipped.

        `region` is the resource's region; with "", the values that a region offers aren't checked.
        """
        record = self._record(type_)
        found = list(check_arguments(record.facts, block, config))
        return [*found, *check_region(type_, config, region, record.instance_sizes, self._table)]

    def coverage(self, type_: str) -> tuple[int, int]:
        """Return the numbers of checked and of checkable arguments; blocks and booleans aren't checkable."""
        record = self._record(type_)
        return record.checked, record.checkable

    def types(self) -> tuple[str, ...]:
        """Return all types, sorted."""
        return tuple(sorted(key for key in self._store.index if "@" not in key))

    def _read_record(self, type_: str) -> TypeRecord:
        content = self._get(type_)
        return decode(content) if content else _EMPTY_RECORD

    def _read_table(self, key: str) -> Table | None:
        content = self._get(key)
        table: Table | None = json.loads(content) if content else None
        return table

    def _get(self, key: str) -> bytes | None:
        try:
            return self._store.get(key)
        except CorruptEntryError:
            self._store = _build_store(Sources.installed(), no_progress)
            return self._store.get(key)


def facts_file(sources: Sources) -> Path:
    """Return the cache file for these sources. Files for other versions stay beside it."""
    digest = hashlib.sha256(sources.source_versions.encode()).hexdigest()
    return cache_folder().parent / "aws-facts" / f"facts-{digest[:12]}"


def _build_store(sources: Sources, on_progress: ProgressCallback) -> EntryStore:
    # The provider finds everything in the cache, and must not load the builder.
    from arqctl.offline.aws_facts.builder import build_entries  # noqa: PLC0415

    try:
        write_store(facts_file(sources), sources.source_versions, build_entries(sources, on_progress))
    except OSError as error:
        problem = f"the cache of AWS facts can't be written: {error.strerror}"
        fix = f"Free disk space, make the folder writable, or set {CACHE_VARIABLE} to another folder"
        raise InputError([Problem(str(facts_file(sources).parent), problem, fix)]) from error
    store = EntryStore.open(facts_file(sources), sources.source_versions)
    if store is None:
        problem = "the cache of AWS facts was written, but can't be read"
        fix = f"Try again, or set {CACHE_VARIABLE} to another folder"
        raise InputError([Problem(str(facts_file(sources)), problem, fix)])
    return store

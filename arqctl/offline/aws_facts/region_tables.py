"""Builds tables of the values that each region offers from cfn-lint's lists.

A table holds lists by database engine, or one list under "".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arqctl.offline.facts import Names

Table = Mapping[str, list[str]]

ALL_REGIONS = "*"
"""Key part of the table that merges all regions."""

VERSIONS = "versions"

_INSTANCE_LIST, _CLUSTER_LIST = "aws_rds_dbinstance", "aws_rds_dbcluster"
_CACHE_LIST = "aws_elasticache_cachecluster"
ENGINE_TYPES: Mapping[str, tuple[str, str]] = {
    "aws_db_instance": (_INSTANCE_LIST, "instance_class"),
    "aws_rds_cluster": (_CLUSTER_LIST, "db_cluster_instance_class"),
    "aws_rds_cluster_instance": (_INSTANCE_LIST, "instance_class"),
    "aws_elasticache_cluster": (_CACHE_LIST, ""),
    "aws_elasticache_replication_group": (_CACHE_LIST, ""),
}
"""By resource type: cfn-lint's list of engines, and the class argument if classes depend on the engine."""

_CLASS_LISTS = {
    _INSTANCE_LIST: ("dbinstanceclass_enum.json", "DBInstanceClass"),
    _CLUSTER_LIST: ("dbclusterinstanceclass_enum.json", "DBClusterInstanceClass"),
}


def table_key(list_name: str, part: str) -> str:
    """Return a table's key. `part` is a region, ALL_REGIONS or VERSIONS."""
    return f"{list_name}@{part}"


def compile_tables(
    extensions: Path, instance_sizes: Mapping[str, Mapping[Names, str]]
) -> Iterator[tuple[str, Table]]:
    """Yield every table with its key from cfn-lint's extensions; `instance_sizes` has the files by type."""
    for name in sorted({file for by_argument in instance_sizes.values() for file in by_argument.values()}):
        yield from _by_region(
            name, {region: {"": each} for region, each in _region_enums(extensions / name).items()}
        )
    for list_name in dict.fromkeys(list_name for list_name, _ in ENGINE_TYPES.values()):
        yield (
            table_key(list_name, VERSIONS),
            _by_engine(_read(extensions / list_name / "engine_version.json"), "EngineVersion"),
        )
    for list_name, (name, member) in _CLASS_LISTS.items():
        regions = _read(extensions / list_name / name).items()
        yield from _by_region(
            list_name,
            {region: _by_engine(rules, member) for region, rules in regions if isinstance(rules, dict)},
        )


def engine_arguments(type_: str) -> frozenset[Names]:
    """Return the arguments of a type that are checked against tables of engines."""
    if type_ not in ENGINE_TYPES:
        return frozenset()
    return frozenset((name,) for name in ("engine", "engine_version", ENGINE_TYPES[type_][1]) if name)


def _by_region(list_name: str, regions: Mapping[str, Table]) -> Iterator[tuple[str, Table]]:
    for region, table in regions.items():
        yield table_key(list_name, region), table
    names = {name for table in regions.values() for name in table}
    yield (
        table_key(list_name, ALL_REGIONS),
        {name: _union(each.get(name, []) for each in regions.values()) for name in names},
    )


def _region_enums(file: Path) -> Mapping[str, list[str]]:
    regions = _read(file).items()
    return {region: each["enum"] for region, each in regions if isinstance(each, dict) and each.get("enum")}


def _by_engine(document: Mapping[str, Any], member: str) -> Table:
    """Read lists from rules of the form "if Engine is X, then the member is one of these"."""
    found: dict[str, set[str]] = {}
    for rule in document.get("allOf", ()):
        engine = rule["if"]["properties"].get("Engine", {}).get("const")
        enum = rule["then"]["properties"].get(member, {}).get("enum")
        if engine and enum:
            found.setdefault(engine, set()).update(map(str, enum))
    return {engine: sorted(enum) for engine, enum in found.items()}


def _union(lists: Iterable[list[str]]) -> list[str]:
    return sorted({each for enum in lists for each in enum})


def _read(file: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(file.read_bytes())
    return document

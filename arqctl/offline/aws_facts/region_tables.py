"""What exists in a region: lists that cfn-lint carries, ready to be kept.

A table holds one or more lists by name: by engine where that matters, else under "".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from arqctl.offline.facts import Names

Table = Mapping[str, list[str]]

ANYWHERE = "*"
"""Stands for all regions together."""

VERSIONS = "versions"

_INSTANCE, _CLUSTER = "aws_rds_dbinstance", "aws_rds_dbcluster"
_CACHE = "aws_elasticache_cachecluster"
ENGINES: Mapping[str, tuple[str, str]] = {
    "aws_db_instance": (_INSTANCE, "instance_class"),
    "aws_rds_cluster": (_CLUSTER, "db_cluster_instance_class"),
    "aws_rds_cluster_instance": (_INSTANCE, "instance_class"),
    "aws_elasticache_cluster": (_CACHE, ""),
    "aws_elasticache_replication_group": (_CACHE, ""),
}
"""By type: where its engines are listed, and the argument that says the class, if classes go by engine."""

_CLASSES = {
    _INSTANCE: ("dbinstanceclass_enum.json", "DBInstanceClass"),
    _CLUSTER: ("dbclusterinstanceclass_enum.json", "DBClusterInstanceClass"),
}


def key(owner: str, part: str) -> str:
    """What a table is kept under: `part` is a region, ANYWHERE or VERSIONS."""
    return f"{owner}@{part}"


def compiled(extensions: Path, sizes: Mapping[str, Mapping[Names, str]]) -> Iterator[tuple[str, Table]]:
    """Every table with its key, from cfn-lint's folder of extensions; `sizes` names files by type."""
    for name in sorted({file for arguments in sizes.values() for file in arguments.values()}):
        yield from _by_region(
            name, {region: {"": each} for region, each in _plain(extensions / name).items()}
        )
    for owner in dict.fromkeys(owner for owner, _ in ENGINES.values()):
        yield (
            key(owner, VERSIONS),
            _by_engine(_read(extensions / owner / "engine_version.json"), "EngineVersion"),
        )
    for owner, (name, member) in _CLASSES.items():
        regions = _read(extensions / owner / name).items()
        yield from _by_region(
            owner, {region: _by_engine(rules, member) for region, rules in regions if isinstance(rules, dict)}
        )


def engine_arguments(type_: str) -> frozenset[Names]:
    """The arguments of a type that are held against tables of engines."""
    if type_ not in ENGINES:
        return frozenset()
    return frozenset((name,) for name in ("engine", "engine_version", ENGINES[type_][1]) if name)


def _by_region(owner: str, regions: Mapping[str, Table]) -> Iterator[tuple[str, Table]]:
    for region, table in regions.items():
        yield key(owner, region), table
    names = {name for table in regions.values() for name in table}
    yield (
        key(owner, ANYWHERE),
        {name: _union(each.get(name, []) for each in regions.values()) for name in names},
    )


def _plain(file: Path) -> Mapping[str, list[str]]:
    regions = _read(file).items()
    return {region: each["enum"] for region, each in regions if isinstance(each, dict) and each.get("enum")}


def _by_engine(document: Mapping[str, Any], member: str) -> Table:
    """Lists from rules of the form: if the engine is so, then the member is one of these."""
    found: dict[str, set[str]] = {}
    for rule in document.get("allOf", ()):
        engine = rule["if"]["properties"].get("Engine", {}).get("const")
        listed = rule["then"]["properties"].get(member, {}).get("enum")
        if engine and listed:
            found.setdefault(engine, set()).update(map(str, listed))
    return {engine: sorted(listed) for engine, listed in found.items()}


def _union(lists: Iterable[list[str]]) -> list[str]:
    return sorted({each for listed in lists for each in listed})


def _read(file: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(file.read_bytes())
    return document

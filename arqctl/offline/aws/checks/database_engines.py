"""RDS and ElastiCache: what fits which engine, and what a new database can't do without."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import Resource, refuse
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_SOURCES = ("replicate_source_db", "snapshot_identifier", "restore_to_point_in_time")
_NEEDED = ("engine", "allocated_storage", "username")
_DATABASE = re.compile(r"^[A-Za-z_]\w*$", re.ASCII)
_NAMED = ("postgres", "mysql", "mariadb")
# RDS keeps this user for itself, with every engine.
_RESERVED = "rdsadmin"
# Logs that only engines of these kinds write.
_LOGS = {
    "postgresql": ("postgres", "aurora-postgresql"),
    "upgrade": ("postgres",),
    "slowquery": ("mysql", "mariadb", "aurora", "aurora-mysql"),
    "general": ("mysql", "mariadb", "aurora", "aurora-mysql"),
}
_ENGINES = {each for engines in _LOGS.values() for each in engines}
# An engine's family of parameters, for those whose families are the engine and its first number.
_FAMILY = re.compile(r"^(postgres|valkey|redis)(\d+)(\.x)?$")
_GROUPS = {
    "aws_db_instance": "aws_db_parameter_group",
    "aws_elasticache_replication_group": "aws_elasticache_parameter_group",
}


def new(database: Resource) -> Iterator[Diagnostic]:
    """A database that is no copy of another says what it is, how large, and who governs it."""
    if any(database.may_be_set(name) for name in _SOURCES):
        return
    for name in _NEEDED:
        if not database.may_be_set(name):
            yield refuse("A new database that says too little", f"{name} is missing. Give it.", name)


def names(database: Resource) -> Iterator[Diagnostic]:
    """The names of the first database, and of who governs it."""
    name, engine = database.text("db_name"), (database.text("engine") or "").lower()
    if name and engine in _NAMED and not _DATABASE.match(name):
        yield refuse(
            "A name that RDS refuses", f"db_name is {name!r}; it takes letters, digits and _.", "db_name"
        )
    if (database.text("username") or "").lower() == _RESERVED:
        yield refuse(
            "A user that RDS keeps for itself", f"username is {_RESERVED}. Take another.", "username"
        )


def logs(database: Resource) -> Iterator[Diagnostic]:
    """Logs are those that the engine writes."""
    engine = (database.text("engine") or "").lower()
    given = database.values.get("enabled_cloudwatch_logs_exports")
    for log in given if isinstance(given, list) and engine in _ENGINES else ():
        if isinstance(log, str) and engine not in _LOGS.get(log, (engine,)):
            yield refuse(
                "A log of another engine",
                f"enabled_cloudwatch_logs_exports has {log}, which {engine} doesn't write. Leave it out.",
                "enabled_cloudwatch_logs_exports",
            )


def family(database: Resource, registry: Registry) -> Iterator[Diagnostic]:
    """Parameters are of the engine's own family."""
    given = database.values.get("parameter_group_name")
    groups = registry.referred(_GROUPS[database.type], given, "name")
    version = _first(database.values.get("engine_version"))
    found = _FAMILY.match(groups[0].text("family") or "") if len(groups) == 1 else None
    engine = (database.text("engine") or "").lower()
    if found and version and engine and (found[1], found[2]) != (engine, version):
        yield refuse(
            "Parameters of another engine",
            f"parameter_group_name leads to the family {found[0]}; the engine is {engine} {version}.",
            "parameter_group_name",
        )


def _first(version: Value) -> str:
    """The first number of a known version."""
    return version.partition(".")[0] if isinstance(version, str) else ""

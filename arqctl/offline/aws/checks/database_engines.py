"""RDS and ElastiCache: what fits which engine, and what a new database can't do without."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, make_error
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


def check_required_arguments(database: Resource) -> Iterator[Diagnostic]:
    """A database that is no copy of another says what it is, how large, and who governs it."""
    if any(database.possibly_set(name) for name in _SOURCES):
        return
    for name in _NEEDED:
        if not database.possibly_set(name):
            yield make_error("A new database that says too little", f"{name} is missing. Give it.", name)


def check_names(database: Resource) -> Iterator[Diagnostic]:
    """The names of the first database, and of who governs it."""
    name, engine = database.get_text("db_name"), (database.get_text("engine") or "").lower()
    if name and engine in _NAMED and not _DATABASE.match(name):
        yield make_error(
            "A name that RDS refuses", f"db_name is {name!r}; it takes letters, digits and _.", "db_name"
        )
    if (database.get_text("username") or "").lower() == _RESERVED:
        yield make_error(
            "A user that RDS keeps for itself", f"username is {_RESERVED}. Take another.", "username"
        )


def check_log_exports(database: Resource) -> Iterator[Diagnostic]:
    """Logs are those that the engine writes."""
    engine = (database.get_text("engine") or "").lower()
    given = database.values.get("enabled_cloudwatch_logs_exports")
    for log in given if isinstance(given, list) and engine in _ENGINES else ():
        if isinstance(log, str) and engine not in _LOGS.get(log, (engine,)):
            yield make_error(
                "A log of another engine",
                f"enabled_cloudwatch_logs_exports has {log}, which {engine} doesn't write. Leave it out.",
                "enabled_cloudwatch_logs_exports",
            )


def check_parameter_family(database: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Parameters are of the engine's own family."""
    given = database.values.get("parameter_group_name")
    groups = planned.resolve_reference(_GROUPS[database.type], given, "name")
    version = _major_version(database.values.get("engine_version"))
    found = _FAMILY.match(groups[0].get_text("family") or "") if len(groups) == 1 else None
    engine = (database.get_text("engine") or "").lower()
    if found and version and engine and (found[1], found[2]) != (engine, version):
        yield make_error(
            "Parameters of another engine",
            f"parameter_group_name leads to the family {found[0]}; the engine is {engine} {version}.",
            "parameter_group_name",
        )


def _major_version(version: Value) -> str:
    """The first number of a known version."""
    return version.partition(".")[0] if isinstance(version, str) else ""

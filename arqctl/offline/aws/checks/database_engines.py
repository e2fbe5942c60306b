"""Checks of RDS and ElastiCache arguments that depend on the engine."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_COPY_SOURCES = ("replicate_source_db", "snapshot_identifier", "restore_to_point_in_time")
_REQUIRED_ARGUMENTS = ("engine", "allocated_storage", "username")
_DATABASE_NAME = re.compile(r"^[A-Za-z_]\w*$", re.ASCII)
_ENGINES_WITH_NAMES = ("postgres", "mysql", "mariadb")
# RDS reserves this user name for every engine.
_RESERVED_USER = "rdsadmin"
# Logs that only some engines write.
_ENGINES_BY_LOG = {
    "postgresql": ("postgres", "aurora-postgresql"),
    "upgrade": ("postgres",),
    "slowquery": ("mysql", "mariadb", "aurora", "aurora-mysql"),
    "general": ("mysql", "mariadb", "aurora", "aurora-mysql"),
}
_ENGINES = {each for engines in _ENGINES_BY_LOG.values() for each in engines}
# Parameter group families that consist of the engine and its major version.
_FAMILY = re.compile(r"^(postgres|valkey|redis)(\d+)(\.x)?$")
_PARAMETER_GROUP_TYPES = {
    "aws_db_instance": "aws_db_parameter_group",
    "aws_elasticache_replication_group": "aws_elasticache_parameter_group",
}


def check_required_arguments(database: Resource) -> Iterator[Diagnostic]:
    """Check that a database that isn't a copy has its required arguments."""
    # A promoted replica whose source Terraform ignores has an empty one.
    is_promoted = database.values.get("replicate_source_db") == ""
    if is_promoted or any(database.possibly_set(name) for name in _COPY_SOURCES):
        return
    for name in _REQUIRED_ARGUMENTS:
        if not database.possibly_set(name):
            yield make_error(
                f"Database has no {name}",
                f"Set {name}: a database that is not restored or replicated needs it.",
                name,
            )


def check_names(database: Resource) -> Iterator[Diagnostic]:
    """Check the name of the initial database and of the master user."""
    name, engine = database.get_text("db_name"), (database.get_text("engine") or "").lower()
    if name and engine in _ENGINES_WITH_NAMES and not _DATABASE_NAME.match(name):
        yield make_error(
            "Invalid database name",
            f"db_name is {name!r}. Use letters, digits and _, and start with a letter or _.",
            "db_name",
        )
    if (database.get_text("username") or "").lower() == _RESERVED_USER:
        yield make_error(
            "Reserved user name",
            f"username is {_RESERVED_USER}, which RDS reserves. Use another name.",
            "username",
        )


def check_log_exports(database: Resource) -> Iterator[Diagnostic]:
    """Check that the engine writes the exported logs."""
    engine = (database.get_text("engine") or "").lower()
    given = database.values.get("enabled_cloudwatch_logs_exports")
    for log in given if isinstance(given, list) and engine in _ENGINES else ():
        if isinstance(log, str) and engine not in _ENGINES_BY_LOG.get(log, (engine,)):
            yield make_error(
                "Log of another engine",
                f"enabled_cloudwatch_logs_exports has {log}, which {engine} doesn't write. Remove it.",
                "enabled_cloudwatch_logs_exports",
            )


def check_parameter_family(database: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that the parameter group's family belongs to the engine and its version."""
    given = database.values.get("parameter_group_name")
    groups = planned.resolve_reference(_PARAMETER_GROUP_TYPES[database.type], given, "name")
    version = _major_version(database.values.get("engine_version"))
    family = _FAMILY.match(groups[0].get_text("family") or "") if len(groups) == 1 else None
    engine = (database.get_text("engine") or "").lower()
    if family and version and engine and (family[1], family[2]) != (engine, version):
        yield make_error(
            "Parameter group of another engine",
            f"parameter_group_name refers to the family {family[0]}, but the engine is {engine} {version}.",
            "parameter_group_name",
        )


def _major_version(version: Value) -> str:
    return version.partition(".")[0] if isinstance(version, str) else ""

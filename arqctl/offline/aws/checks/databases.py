"""Checks of RDS databases: storage, backups, windows, encryption, monitoring and passwords."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.maintenance_windows import parse_daily, parse_weekly, windows_overlap
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

_MAX_BACKUP_DAYS = 35
_PROVISIONED_IOPS_TYPES = ("io1", "io2")
_FORBIDDEN_IN_PASSWORD = re.compile(r"[/\"@ ]|[^\x20-\x7e]")
_PASSWORD_LENGTHS = {"mysql": (8, 41), "mariadb": (8, 41)}
_MONITORING_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_INSIGHTS_DAYS = {7, 731, *(31 * months for months in range(1, 24))}
_MIN_STORAGE_GIB = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
_MAX_STORAGE_GIB = 65536
# From this size on, RDS stripes gp3 storage over several volumes, and these engines accept iops and
# throughput.
_MIN_STRIPED_GIB, _STRIPED_ENGINES = 400, ("postgres", "mysql", "mariadb")
_MIN_ADVANCED_INSIGHTS_DAYS = 465
_RESTORED_DEFAULTS = {
    "copy_tags_to_snapshot": "off",
    "db_subnet_group_name": "the default group",
    "deletion_protection": "off",
    "engine_lifecycle_support": "paid extended support",
    "iam_database_authentication_enabled": "off",
    "multi_az": "one zone",
    "parameter_group_name": "the default group",
    "vpc_security_group_ids": "the VPC's default group",
}


def check_storage(database: Resource) -> Iterator[Diagnostic]:
    """Check the size, the growth limit and the performance of a database's storage."""
    size, max_size = database.get_number("allocated_storage"), database.get_number("max_allocated_storage")
    kind, iops = database.get_text("storage_type"), database.get_number("iops")
    if size is not None and max_size and max_size <= size:
        yield make_error(
            "Storage can't grow",
            f"max_allocated_storage is {max_size} GiB, allocated_storage is {size}. Increase "
            "max_allocated_storage or remove it.",
            "max_allocated_storage",
        )
    sql_server = (database.get_text("engine") or "").startswith("sqlserver")
    smallest = _MIN_STORAGE_GIB.get(kind or "gp2", 5)
    if (
        size is not None
        and not sql_server
        and not database.possibly_set("replicate_source_db")
        and not (smallest <= size <= _MAX_STORAGE_GIB)
    ):
        yield make_error(
            "Invalid storage size",
            f"allocated_storage is {size} GiB. {kind or 'gp2'} accepts {smallest} to {_MAX_STORAGE_GIB}.",
            "allocated_storage",
        )
    if kind in _PROVISIONED_IOPS_TYPES and not database.possibly_set("iops"):
        yield make_error("Provisioned storage without iops", f"storage_type is {kind}. Set iops.", "iops")
    if iops and kind in ("gp2", "standard"):
        yield make_error("Storage type without iops", f"storage_type is {kind}. Remove iops.", "iops")
    if iops and size and kind in _PROVISIONED_IOPS_TYPES and iops > (1000 if kind == "io2" else 50) * size:
        yield make_error(
            "Too many iops for the storage size",
            f"iops is {iops} for {size} GiB of {kind}. Reduce iops or increase allocated_storage.",
            "iops",
        )
    engine_name = (database.get_text("engine") or "").lower()
    if kind == "gp3" and size is not None and size < _MIN_STRIPED_GIB and engine_name in _STRIPED_ENGINES:
        for name in ("iops", "storage_throughput"):
            if database.get_number(name):
                yield make_error(
                    f"{name} needs more storage",
                    f"{engine_name} accepts {name} for gp3 from {_MIN_STRIPED_GIB} GiB on; "
                    f"allocated_storage is {size}.",
                    name,
                )


def check_backup_retention(database: Resource) -> Iterator[Diagnostic]:
    """Check how many days backups are kept."""
    for name in ("backup_retention_period", "retention_period"):
        days = database.get_number(name)
        lowest = 0 if database.type == "aws_db_instance" else 1
        if days is not None and not lowest <= days <= _MAX_BACKUP_DAYS:
            yield make_error(
                "Invalid backup retention",
                f"{name} is {days} days. Use {lowest} to {_MAX_BACKUP_DAYS}.",
                name,
            )


def check_windows(database: Resource) -> Iterator[Diagnostic]:
    """Check that the backup and maintenance windows are valid and don't overlap."""
    names = {
        "aws_elasticache_replication_group": ("snapshot_window", "maintenance_window", 60),
        "aws_elasticache_cluster": ("snapshot_window", "maintenance_window", 60),
        "aws_db_instance": ("backup_window", "maintenance_window", 30),
    }
    backup, maintenance, shortest = names.get(
        database.type, ("preferred_backup_window", "preferred_maintenance_window", 30)
    )
    day, week = database.get_text(backup), database.get_text(maintenance)
    invalid = [
        (name, given, problem)
        for name, given, problem in (
            (backup, day, parse_daily(day, shortest) if day else None),
            (maintenance, week, parse_weekly(week, shortest) if week else None),
        )
        if isinstance(problem, str)
    ]
    for name, given, problem in invalid:
        yield make_error("Invalid window", f"{name} is {given!r}: {problem}", name)
    if day and week and not invalid and windows_overlap(day, week):
        yield make_error(
            "Backup and maintenance windows overlap",
            f"{backup} is {day} and {maintenance} is {week}; they overlap. Move one of them.",
            backup,
        )


def check_settings(database: Resource) -> Iterator[Diagnostic]:
    """Check a database's encryption key, master password and monitoring."""
    if database.values.get("storage_encrypted") is False and database.definitely_set("kms_key_id"):
        yield make_error(
            "KMS key without storage encryption",
            "Set storage_encrypted to true, or remove kms_key_id.",
            "kms_key_id",
        )
    managed = database.values.get("manage_master_user_password") is True
    passwords = [
        name for name in ("password", "password_wo", "master_password") if database.definitely_set(name)
    ]
    if managed and passwords:
        yield make_error(
            "Two passwords",
            f"manage_master_user_password and {passwords[0]} are both set. Remove one.",
            passwords[0],
        )
    for name in passwords:
        yield from _check_password(database, name)
    interval = database.get_number("monitoring_interval")
    if interval is not None and interval not in _MONITORING_INTERVALS:
        yield make_error(
            "Invalid monitoring interval",
            f"monitoring_interval is {interval} seconds. "
            f"Use one of {', '.join(map(str, _MONITORING_INTERVALS))}.",
            "monitoring_interval",
        )
    if interval and not database.possibly_set("monitoring_role_arn"):
        yield make_error("Monitoring without a role", "Set monitoring_role_arn.", "monitoring_role_arn")
    days = database.get_number("performance_insights_retention_period")
    if days and days not in _INSIGHTS_DAYS:
        yield make_error(
            "Invalid Performance Insights retention",
            f"performance_insights_retention_period is {days} days. Use 7, a multiple of 31, or 731.",
            "performance_insights_retention_period",
        )
    if (
        database.get_text("database_insights_mode") == "advanced"
        and days is not None
        and 0 < days < _MIN_ADVANCED_INSIGHTS_DAYS
    ):
        yield make_error(
            "Performance Insights retention too short for advanced mode",
            f"performance_insights_retention_period is {days} days. database_insights_mode advanced "
            f"requires at least {_MIN_ADVANCED_INSIGHTS_DAYS}.",
            "performance_insights_retention_period",
        )


def check_replica(database: Resource) -> Iterator[Diagnostic]:
    """Check that a replica sets nothing that its creation does not support.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
    """
    if database.definitely_set("replicate_source_db") and database.definitely_set("database_insights_mode"):
        yield make_error(
            "Replica with a Database Insights mode",
            "CreateDBInstanceReadReplica does not support DatabaseInsightsMode. Remove the argument.",
            "database_insights_mode",
        )


def check_final_snapshot(database: Resource) -> Iterator[Diagnostic]:
    """Warn about a database without a final snapshot identifier: Terraform can't destroy it."""
    takes_snapshot = database.values.get("skip_final_snapshot") in (None, False)
    if (
        takes_snapshot
        and not database.possibly_set("final_snapshot_identifier")
        and not database.possibly_set("replicate_source_db")
    ):
        yield Diagnostic(
            "Database can't be destroyed",
            "skip_final_snapshot is false and final_snapshot_identifier is missing, so destroying the "
            "database fails. Set one of them.",
            ("final_snapshot_identifier",),
            is_warning=True,
        )


def check_restored_settings(database: Resource) -> Iterator[Diagnostic]:
    """Warn about settings that a restored instance does not take from its source, but from AWS's defaults.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
    """
    sources = ("restore_to_point_in_time", "snapshot_identifier")
    source = next((name for name in sources if database.definitely_set(name)), None)
    missing = [name for name in _RESTORED_DEFAULTS if not database.possibly_set(name)]
    if source and missing:
        defaults = ", ".join(f"{name} ({_RESTORED_DEFAULTS[name]})" for name in missing)
        yield Diagnostic(
            "A restored instance has AWS's defaults",
            f"{source} restores data, not all settings. These get AWS's defaults: {defaults}. Set them.",
            (source,),
            is_warning=True,
        )


def check_parameters(group: Resource) -> Iterator[Diagnostic]:
    """Check that no parameter is set twice."""
    names = [
        str(each.get("name")) for each in group.get_blocks("parameter") if isinstance(each.get("name"), str)
    ]
    for name in sorted({each for each in names if names.count(each) > 1}):
        yield make_error("Duplicate parameter", f"parameter {name} is set twice. Remove one.", "parameter")


def _check_password(database: Resource, name: str) -> Iterator[Diagnostic]:
    given, engine_name = database.get_text(name), database.get_text("engine") or ""
    if given is None:
        return
    shortest, longest = _PASSWORD_LENGTHS.get(engine_name.removeprefix("aurora-"), (8, 128))
    if not shortest <= len(given) <= longest or _FORBIDDEN_IN_PASSWORD.search(given):
        yield make_error(
            "Invalid password",
            f'{name} must have {shortest} to {longest} printable characters other than / " @ and space.',
            name,
        )

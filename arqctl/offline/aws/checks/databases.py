"""RDS: storage, backups, windows, passwords, and what fits which engine."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.maintenance_windows import overlap, parse_daily, parse_weekly
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

_LONGEST_BACKUP = 35
_PROVISIONED = ("io1", "io2")
_PASSWORD = re.compile(r"[/\"@ ]|[^\x20-\x7e]")
_PASSWORDS = {"mysql": (8, 41), "mariadb": (8, 41)}
_MONITORING = (0, 1, 5, 10, 15, 30, 60)
_INSIGHTS = {7, 731, *(31 * months for months in range(1, 24))}
_SMALLEST = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
_LARGEST_STORAGE = 65536
# From here on gp3 is spread over several volumes, for these engines, and what it does can be chosen.
_STRIPED, _STRIPES = 400, ("postgres", "mysql", "mariadb")
_ADVANCED_DAYS = 465


def check_storage(database: Resource) -> Iterator[Diagnostic]:
    """How much storage, how far it grows, and how fast it is."""
    size, grown = database.get_number("allocated_storage"), database.get_number("max_allocated_storage")
    kind, iops = database.get_text("storage_type"), database.get_number("iops")
    if size is not None and grown and grown <= size:
        yield make_error(
            "Storage that can't grow",
            f"max_allocated_storage is {grown} GiB, allocated_storage {size}. Take more, or leave it out.",
            "max_allocated_storage",
        )
    sql_server = (database.get_text("engine") or "").startswith("sqlserver")
    smallest = _SMALLEST.get(kind or "gp2", 5)
    if (
        size is not None
        and not sql_server
        and not database.possibly_set("replicate_source_db")
        and not (smallest <= size <= _LARGEST_STORAGE)
    ):
        yield make_error(
            "Storage of a size that RDS refuses",
            f"allocated_storage is {size} GiB; {kind or 'gp2'} takes {smallest} to {_LARGEST_STORAGE}.",
            "allocated_storage",
        )
    if kind in _PROVISIONED and not database.possibly_set("iops"):
        yield make_error("Provisioned storage without iops", f"storage_type is {kind}. Give iops.", "iops")
    if iops and kind in ("gp2", "standard"):
        yield make_error("Iops that the storage has not", f"storage_type is {kind}. Leave iops out.", "iops")
    if iops and size and kind in _PROVISIONED and iops > (1000 if kind == "io2" else 50) * size:
        yield make_error("Too many iops for the storage", f"iops is {iops} for {size} GiB of {kind}.", "iops")
    engine_name = (database.get_text("engine") or "").lower()
    if kind == "gp3" and size is not None and size < _STRIPED and engine_name in _STRIPES:
        for name in ("iops", "storage_throughput"):
            if database.get_number(name):
                yield make_error(
                    f"{name} of little storage",
                    f"{engine_name} takes {name} for gp3 from {_STRIPED} GiB on; here are {size}.",
                    name,
                )


def check_backup_retention(database: Resource) -> Iterator[Diagnostic]:
    """How long backups stay, and when they and maintenance happen."""
    for name in ("backup_retention_period", "retention_period"):
        days = database.get_number(name)
        lowest = 0 if database.type == "aws_db_instance" else 1
        if days is not None and not lowest <= days <= _LONGEST_BACKUP:
            yield make_error(
                "Backups kept for a time that RDS refuses",
                f"{name} is {days} days; {lowest} to {_LONGEST_BACKUP} are taken.",
                name,
            )


def check_windows(database: Resource) -> Iterator[Diagnostic]:
    """The daily backup window and the weekly maintenance window, apart from each other."""
    names = {
        "aws_elasticache_replication_group": ("snapshot_window", "maintenance_window", 60),
        "aws_elasticache_cluster": ("snapshot_window", "maintenance_window", 60),
        "aws_db_instance": ("backup_window", "maintenance_window", 30),
    }
    backup, maintenance, shortest = names.get(
        database.type, ("preferred_backup_window", "preferred_maintenance_window", 30)
    )
    day, week = database.get_text(backup), database.get_text(maintenance)
    wrong = [
        (name, given, problem)
        for name, given, problem in (
            (backup, day, parse_daily(day, shortest) if day else None),
            (maintenance, week, parse_weekly(week, shortest) if week else None),
        )
        if isinstance(problem, str)
    ]
    for name, given, problem in wrong:
        yield make_error("A malformed window", f"{name} is {given!r}: {problem}", name)
    if day and week and not wrong and overlap(day, week):
        yield make_error(
            "Backups during maintenance",
            f"{backup} is {day} and {maintenance} {week}; they overlap. Set them apart.",
            backup,
        )


def check_settings(database: Resource) -> Iterator[Diagnostic]:
    """Encryption, keys, monitoring and passwords that go together."""
    if database.values.get("storage_encrypted") is False and database.definitely_set("kms_key_id"):
        yield make_error(
            "A key for storage that isn't encrypted",
            "Set storage_encrypted, or leave kms_key_id out.",
            "kms_key_id",
        )
    managed = database.values.get("manage_master_user_password") is True
    own = [name for name in ("password", "password_wo", "master_password") if database.definitely_set(name)]
    if managed and own:
        yield make_error(
            "Two passwords", f"manage_master_user_password is set, and {own[0]} too. Leave one out.", own[0]
        )
    for name in own:
        yield from _check_password(database, name)
    interval = database.get_number("monitoring_interval")
    if interval is not None and interval not in _MONITORING:
        yield make_error(
            "A monitoring interval that RDS refuses",
            f"monitoring_interval is {interval} seconds; {', '.join(map(str, _MONITORING))} are taken.",
            "monitoring_interval",
        )
    if interval and not database.possibly_set("monitoring_role_arn"):
        yield make_error("Monitoring without a role", "Give monitoring_role_arn.", "monitoring_role_arn")
    days = database.get_number("performance_insights_retention_period")
    if days and days not in _INSIGHTS:
        yield make_error(
            "Insights kept for a time that RDS refuses",
            f"performance_insights_retention_period is {days} days; 7, multiples of 31, and 731 are taken.",
            "performance_insights_retention_period",
        )
    if (
        database.get_text("database_insights_mode") == "advanced"
        and days is not None
        and 0 < days < _ADVANCED_DAYS
    ):
        yield make_error(
            "Insights too short for the advanced mode",
            f"performance_insights_retention_period is {days} days; database_insights_mode advanced wants "
            f"{_ADVANCED_DAYS} at least.",
            "performance_insights_retention_period",
        )


def check_final_snapshot(database: Resource) -> Iterator[Diagnostic]:
    """Destroying it takes a last snapshot, unless told not to; a replica takes none."""
    wanted = database.values.get("skip_final_snapshot") in (None, False)
    if (
        wanted
        and not database.possibly_set("final_snapshot_identifier")
        and not database.possibly_set("replicate_source_db")
    ):
        yield Diagnostic(
            "A database that can't be destroyed",
            "skip_final_snapshot is not set and final_snapshot_identifier is missing: destroying it fails.",
            ("final_snapshot_identifier",),
            is_warning=True,
        )


def check_parameters(group: Resource) -> Iterator[Diagnostic]:
    """A parameter is given once."""
    names = [
        str(each.get("name")) for each in group.get_blocks("parameter") if isinstance(each.get("name"), str)
    ]
    for name in sorted({each for each in names if names.count(each) > 1}):
        yield make_error("A parameter twice", f"parameter {name} is given twice. Leave one out.", "parameter")


def _check_password(database: Resource, name: str) -> Iterator[Diagnostic]:
    given, engine_name = database.get_text(name), database.get_text("engine") or ""
    if given is None:
        return
    shortest, longest = _PASSWORDS.get(engine_name.removeprefix("aurora-"), (8, 128))
    if not shortest <= len(given) <= longest or _PASSWORD.search(given):
        yield make_error(
            "A password that RDS refuses",
            f'{name} has to be {shortest} to {longest} printable characters other than / " @ and space.',
            name,
        )

"""Terraform arguments of an instance and the flags of the AWS CLI with which a restore sets them.

A restored instance takes its data, size, engine version, key and users from the backup. AWS's defaults apply
to the rest: no IAM login, one zone, the default security group, and paid extended support.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json
from arqctl.runbook.databases import Database
from arqctl.runbook.shell import Flag, tags_flag, value_flag


class Source(StrEnum):
    """The ways to make an instance with the data of another one."""

    POINT_IN_TIME = "restore-db-instance-to-point-in-time"
    SNAPSHOT = "restore-db-instance-from-db-snapshot"
    REGION_REPLICA = "create-db-instance-read-replica"


RESTORE_FLAGS: Final[Mapping[str, str]] = {
    "auto_minor_version_upgrade": "--auto-minor-version-upgrade",
    "availability_zone": "--availability-zone",
    "ca_cert_identifier": "--ca-certificate-identifier",
    "copy_tags_to_snapshot": "--copy-tags-to-snapshot",
    "customer_owned_ip_enabled": "--enable-customer-owned-ip",
    "db_subnet_group_name": "--db-subnet-group-name",
    "dedicated_log_volume": "--dedicated-log-volume",
    "deletion_protection": "--deletion-protection",
    "enabled_cloudwatch_logs_exports": "--enable-cloudwatch-logs-exports",
    "engine": "--engine",
    "engine_lifecycle_support": "--engine-lifecycle-support",
    "iam_database_authentication_enabled": "--enable-iam-database-authentication",
    "instance_class": "--db-instance-class",
    "iops": "--iops",
    "license_model": "--license-model",
    "multi_az": "--multi-az",
    "network_type": "--network-type",
    "option_group_name": "--option-group-name",
    "parameter_group_name": "--db-parameter-group-name",
    "port": "--port",
    "publicly_accessible": "--publicly-accessible",
    "storage_throughput": "--storage-throughput",
    "storage_type": "--storage-type",
    "vpc_security_group_ids": "--vpc-security-group-ids",
}
"""Arguments that both ways to restore accept."""

POINT_IN_TIME_FLAGS: Final[Mapping[str, str]] = {"max_allocated_storage": "--max-allocated-storage"}
"""Arguments that only a restore to a point in time accepts. Else `modify-db-instance` sets them."""

MODIFY_FLAGS: Final[Mapping[str, str]] = {
    "backup_retention_period": "--backup-retention-period",
    "backup_window": "--preferred-backup-window",
    "database_insights_mode": "--database-insights-mode",
    "maintenance_window": "--preferred-maintenance-window",
    "monitoring_interval": "--monitoring-interval",
    "monitoring_role_arn": "--monitoring-role-arn",
    "performance_insights_enabled": "--enable-performance-insights",
    "performance_insights_kms_key_id": "--performance-insights-kms-key-id",
    "performance_insights_retention_period": "--performance-insights-retention-period",
}
"""Arguments that no restore accepts."""

NOT_SET: Final[Mapping[str, str]] = {
    "allocated_storage": "the backup's size, which RDS may have increased",
    "allow_major_version_upgrade": "an instruction to Terraform",
    "apply_immediately": "an instruction to Terraform",
    "character_set_name": "part of the backup",
    "db_name": "part of the backup",
    "delete_automated_backups": "an option of the deletion",
    "depends_on": "an instruction to Terraform",
    "engine_version": "part of the backup",
    "final_snapshot_identifier": "an option of the deletion",
    "identifier": "the restored instance gets another one first",
    "kms_key_id": "part of the backup",
    "lifecycle": "an instruction to Terraform",
    "manage_master_user_password": "set by the next deployment",
    "master_user_secret_kms_key_id": "set by the next deployment",
    "password": "set by the next deployment",
    "password_wo": "set by the next deployment",
    "password_wo_version": "set by the next deployment",
    "provider": "an instruction to Terraform",
    "replicate_source_db": "a restored instance follows none",
    "skip_final_snapshot": "an option of the deletion",
    "storage_encrypted": "part of the backup",
    "tags": "set together with the provider's default tags",
    "timeouts": "an instruction to Terraform",
    "username": "part of the backup",
}
"""Arguments that a restore does not need, with the reason."""

_OF_THE_SOURCE: Final = frozenset({"engine", "engine_lifecycle_support", "license_model"})
_ACCEPTED: Final[Mapping[Source, Mapping[str, str]]] = {
    Source.POINT_IN_TIME: {**RESTORE_FLAGS, **POINT_IN_TIME_FLAGS},
    Source.SNAPSHOT: RESTORE_FLAGS,
    # A replica has the engine of its source, and in another region its own key.
    Source.REGION_REPLICA: {
        **{name: each for name, each in RESTORE_FLAGS.items() if name not in _OF_THE_SOURCE},
        **POINT_IN_TIME_FLAGS,
        "kms_key_id": "--kms-key-id",
    },
}

_KNOWN: Final = RESTORE_FLAGS.keys() | POINT_IN_TIME_FLAGS.keys() | MODIFY_FLAGS.keys() | NOT_SET.keys()


def restore_flags(database: Database, source: Source) -> tuple[Flag, ...]:
    """Return the flags that make an instance with the configuration of the database.

    Raises:
        InputError: if the instance has an argument that this module does not know.
    """
    _require_known_arguments(database)
    return (*_flags(database.arguments, _ACCEPTED[source]), tags_flag(sorted(database.tags.items())))


def modify_flags(database: Database, source: Source) -> tuple[Flag, ...]:
    """Return the flags of `modify-db-instance` for what `source` does not accept."""
    extra = {name: each for name, each in POINT_IN_TIME_FLAGS.items() if name not in _ACCEPTED[source]}
    return tuple(_flags(database.arguments, {**MODIFY_FLAGS, **extra}))


def _flags(arguments: Mapping[str, Json], names: Mapping[str, str]) -> Iterator[Flag]:
    for argument, name in sorted(names.items()):
        value = arguments.get(argument)
        if value is not None:
            yield value_flag(name, value)


def _require_known_arguments(database: Database) -> None:
    if unknown := sorted(database.arguments.keys() - _KNOWN):
        what = f"has arguments that a restore may lose: {', '.join(unknown)}"
        fix = "Add each to a table in arqctl/runbook/settings.py"
        raise InputError([Problem(database.address, what, fix)])

"""Finds resources without a new backup in a vault, one by one.

The metrics of AWS Backup have the type of resources as their dimension: another bucket hides one that fails.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Protocol, TypedDict

if TYPE_CHECKING:
    from mypy_boto3_backup import BackupClient

MISSING_METRIC: Final = "ResourcesWithoutBackup"
# By the value of the tag. A job may be late by six hours, or a day.
_LIMITS: Final = {"daily": dt.timedelta(hours=30), "monthly": dt.timedelta(days=32)}
# Snapshots have the tag of their database, too.
_TYPES: Final = ("rds:db", "s3")
# So have restored instances, which nobody backs up.
_RESTORED: Final = ":db:awsbackup-restore-test-"


class Resource(TypedDict):
    """A resource with its tags."""

    ResourceARN: str
    Tags: list[dict[str, str]]


class Pages(Protocol):
    """Reads all pages of an answer."""

    def paginate(self, **arguments: object) -> Iterable[Mapping[str, list[Resource]]]:
        """Yield each page."""


class Tagging(Protocol):
    """The client of the Resource Groups Tagging API."""

    def get_paginator(self, name: str) -> Pages:
        """Return what reads all pages of an operation."""


def find_expected(tagging: Tagging) -> dict[str, dt.timedelta]:
    """Return the ARNs of the resources that AWS Backup selects, with the longest age of a newest backup."""
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "backup", "Values": list(_LIMITS)}], ResourceTypeFilters=list(_TYPES)
    )
    return {
        each["ResourceARN"]: _LIMITS[tag["Value"]]
        for page in pages
        for each in page["ResourceTagMappingList"]
        if _RESTORED not in each["ResourceARN"]
        for tag in each["Tags"]
        if tag["Key"] == "backup"
    }


def find_missing(
    vault: "BackupClient", *, name: str, expected: dict[str, dt.timedelta], now: dt.datetime
) -> list[str]:
    """Return the ARNs of the resources whose newest complete backup in the vault is too old, or missing.

    `vault` is the client of the vault's region. A copy has the ARN of the resource, too.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByBackupVault.html
    """
    newest: dict[str, dt.datetime] = {}
    pages = vault.get_paginator("list_recovery_points_by_backup_vault").paginate(
        BackupVaultName=name, ByCreatedAfter=now - max(_LIMITS.values())
    )
    for page in pages:
        for point in page["RecoveryPoints"]:
            if point["Status"] == "COMPLETED":
                arn, created = point["ResourceArn"], point["CreationDate"]
                newest[arn] = max(created, newest.get(arn, created))
    return sorted(arn for arn, limit in expected.items() if arn not in newest or now - newest[arn] > limit)

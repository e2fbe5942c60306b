"""The address of a restored instance, the time of its data, and what its restore took."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from mypy_boto3_backup import BackupClient
    from mypy_boto3_backup.type_defs import DescribeRestoreJobOutputTypeDef
    from mypy_boto3_rds import RDSClient


class RestoredInstanceError(Exception):
    """The restore job or its instance is not usable. Another try has the same result."""


class Restore(TypedDict):
    """A restore job, as AWS Backup states it: its seconds, the restored bytes, and the time of the data.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRestoreJob.html
    """

    seconds: float | None
    bytes: int | None
    recovery_point: str


@dataclass(frozen=True)
class RestoredInstance:
    """The address of a restored instance, the time of its data, and what its restore took."""

    host: str
    port: int
    recovery_point: dt.datetime
    restore: Restore


def find_instance(
    rds: "RDSClient", backup: "BackupClient", *, resource_arn: str, restore_job_id: str
) -> RestoredInstance:
    """Return the instance that a restore job made.

    Raises:
        RestoredInstanceError: if it has no endpoint, or the job has no time of its recovery point.
    """
    service, _, identifier = resource_arn.rpartition(":db:")
    if not service.startswith("arn:") or not identifier:
        raise RestoredInstanceError(f"{resource_arn} is not the ARN of a DB instance")
    instances = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    endpoint = instances[0].get("Endpoint", {}) if instances else {}
    if "Address" not in endpoint or "Port" not in endpoint:
        raise RestoredInstanceError(f"{identifier} has no endpoint")
    job = backup.describe_restore_job(RestoreJobId=restore_job_id)
    recovery_point = job.get("RecoveryPointCreationDate")
    if recovery_point is None:
        raise RestoredInstanceError(f"the restore job {restore_job_id} has no RecoveryPointCreationDate")
    return RestoredInstance(
        endpoint["Address"], endpoint["Port"], recovery_point, _measure(job, recovery_point)
    )


def _measure(job: "DescribeRestoreJobOutputTypeDef", recovery_point: dt.datetime) -> Restore:
    created, completed = job.get("CreationDate"), job.get("CompletionDate")
    return Restore(
        seconds=(completed - created).total_seconds() if created and completed else None,
        bytes=job.get("BackupSizeInBytes"),
        recovery_point=recovery_point.isoformat(),
    )

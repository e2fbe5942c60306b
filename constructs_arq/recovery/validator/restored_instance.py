"""The address of a restored instance, and the time of its data."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_backup import BackupClient
    from mypy_boto3_rds import RDSClient


class RestoredInstanceError(Exception):
    """The restore job or its instance is not usable. Another try has the same result."""


@dataclass(frozen=True)
class RestoredInstance:
    """The address of a restored instance, and the time of its data."""

    host: str
    port: int
    recovery_point: dt.datetime


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
    return RestoredInstance(endpoint["Address"], endpoint["Port"], recovery_point)

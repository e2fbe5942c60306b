"""Validates a restored database: Lambda calls `validate` for each restore job of the restore-testing plan."""

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypedDict

from constructs_arq.recovery.validator.checks import Check, Deadline, OutOfTimeError, QueryError, summarize
from constructs_arq.recovery.validator.database import Database, LoginError
from constructs_arq.recovery.validator.ledger_document import LedgerError
from constructs_arq.recovery.validator.ledger_store import read_certificates, read_ledgers
from constructs_arq.recovery.validator.restored_instance import Restore, RestoredInstanceError, find_instance
from constructs_arq.recovery.validator.validation import check_database

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

# For the answer, and for statements that PostgreSQL is slow to cancel.
_RESERVED_SECONDS: Final = 30
# Another try has the same result. All other exceptions end the run, and the state machine repeats it.
_PERMANENT: Final = (LedgerError, LoginError, OutOfTimeError, QueryError, RestoredInstanceError)


class Event(TypedDict):
    """A restore job that has made an instance."""

    restore_job_id: str
    resource_arn: str
    restore_testing_plan_arn: str


class Context(Protocol):
    """The run of the function."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the run."""
        ...


class Result(TypedDict):
    """The verdict. `ledger` is the key of the ledger in its bucket. It and `restore` can be empty."""

    valid: bool
    message: str
    checks: Sequence[Check]
    ledger: str
    seconds: float
    restore: Restore | None


def validate(event: Event, context: Context) -> Result:
    """Compare a restored database with the newest ledger from before its recovery point.

    Raises:
        Exception: if AWS or the database can't be reached. The caller repeats the run.
    """
    return validate_restore(event, context, os.environ)


def validate_restore(event: Event, context: Context, environ: Mapping[str, str]) -> Result:
    """Validate with the variables `DATABASE_NAME, DATABASE_USER, LEDGER_BUCKET, LEDGER_PREFIX, REGION`."""
    start = time.monotonic()
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - _RESERVED_SECONDS)
    try:
        checks, ledger, restore = _check(event, environ, deadline)
    except _PERMANENT as error:
        checks = [Check(name="preparation", passed=False, detail=str(error), seconds=0)]
        ledger, restore = "", None
    return Result(
        valid=bool(checks) and all(each["passed"] for each in checks),
        message=summarize(checks),
        checks=checks,
        ledger=ledger,
        seconds=round(time.monotonic() - start, 3),
        restore=restore,
    )


def _check(
    event: Event, environ: Mapping[str, str], deadline: Deadline
) -> tuple[list[Check], str, Restore | None]:
    import boto3  # noqa: PLC0415 - Lambda has it, and an installation of the library needs none

    region, name = environ["REGION"], environ["DATABASE_NAME"]
    rds, s3 = boto3.client("rds", region_name=region), boto3.client("s3", region_name=region)
    instance = find_instance(
        rds,
        boto3.client("backup", region_name=region),
        resource_arn=event["resource_arn"],
        restore_job_id=event["restore_job_id"],
    )
    bucket = environ["LEDGER_BUCKET"]
    ledgers = read_ledgers(
        s3, bucket=bucket, prefix=environ["LEDGER_PREFIX"], before=instance.recovery_point, database=name
    )
    database = Database(
        host=instance.host,
        port=instance.port,
        database=name,
        user=environ["DATABASE_USER"],
        password=_make_token(rds, instance.host, instance.port, environ["DATABASE_USER"]),
        certificates=read_certificates(s3, bucket=bucket),
        deadline=deadline,
    )
    try:
        checks = check_database(database, ledgers=ledgers, recovery_point=instance.recovery_point)
    finally:
        database.close()
    return checks, ledgers[0].object_key, instance.restore


def _make_token(rds: "RDSClient", host: str, port: int, user: str) -> str:
    """Return a token that opens connections for 15 minutes."""
    return rds.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)

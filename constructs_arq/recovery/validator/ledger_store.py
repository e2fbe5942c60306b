"""Reads ledgers and the certificates of RDS from the bucket of the dumps."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from constructs_arq.recovery.validator.ledger_document import Ledger, LedgerError, parse_ledger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# The ledger job writes the file of its image: the function can't reach AWS's site from isolated subnets.
CERTIFICATES_KEY: Final = "certificates/global-bundle.pem"
# Ledgers before the newest one show how much a table changes in a day.
_MOST_LEDGERS: Final = 8
# The ledger is daily. After this time, one is missing, and an older one limits the rows too little.
_MOST_AGE: Final = dt.timedelta(hours=48)
_HOUR: Final = dt.timedelta(hours=1)
_NAME_FORMAT: Final = "%Y-%m-%dT%H%M%SZ"


def read_certificates(s3: "S3Client", *, bucket: str) -> str:
    """Return the certificate authorities of RDS, in PEM format."""
    return s3.get_object(Bucket=bucket, Key=CERTIFICATES_KEY)["Body"].read().decode("ascii")


def read_ledgers(
    s3: "S3Client", *, bucket: str, prefix: str, before: dt.datetime, database: str
) -> Sequence[Ledger]:
    """Return up to eight ledgers of `database` that were taken before a time, the newest one first.

    Raises:
        LedgerError: if there is none, one can't be read, or the newest one is older than 48 hours.
    """
    names = sorted(_list_keys(s3, bucket=bucket, prefix=prefix, before=before), reverse=True)
    ledgers = [
        parse_ledger(key, s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        for key in names[:_MOST_LEDGERS]
    ]
    of_others = [each.object_key for each in ledgers if each.database != database]
    if of_others:
        raise LedgerError(f"{of_others[0]} is of another database than {database}")
    if not ledgers:
        raise LedgerError(f"s3://{bucket}/{prefix} has no ledger from before {before:{_NAME_FORMAT}}")
    if before - ledgers[0].taken_at > _MOST_AGE:
        raise LedgerError(
            f"{ledgers[0].object_key} is the newest ledger before {before:{_NAME_FORMAT}}, and more than "
            f"{_MOST_AGE / _HOUR:.0f} hours older: find out why the job database-ledger failed"
        )
    return ledgers


def _list_keys(s3: "S3Client", *, bucket: str, prefix: str, before: dt.datetime) -> Iterator[str]:
    newest = f"{prefix}{before.astimezone(dt.UTC):{_NAME_FORMAT}}.json"
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents", []):
            if each["Key"].endswith(".json") and each["Key"] <= newest:
                yield each["Key"]

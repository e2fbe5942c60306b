"""A restore job of AWS Backup, as botocore's stubs answer it, and a run of the validator for it.

AWS's answers are simulated: the stubs check their shapes. S3 is moto's. PostgreSQL is real. It can't check
tokens, so a login with a token is simulated: the token becomes the password of the user.
"""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.stub import Stubber

from constructs_arq.recovery.validator import handler
from tests.recovery.ledger_bucket import NAME, REGION, LedgerBucket
from tests.recovery.shop_database import ShopDatabase

INSTANCE = f"arn:aws:rds:{REGION}:210987654321:db:awsbackup-restore-test-1"
EVENT: handler.Event = {
    "restore_job_id": "0AB1C2D3-1111-2222-3333-444455556666",
    "resource_arn": INSTANCE,
    "restore_testing_plan_arn": f"arn:aws:backup:{REGION}:210987654321:restore-testing-plan:monthly-1",
}
VARIABLES = {
    "DATABASE_NAME": "app",
    "DATABASE_USER": "restore_validator",
    "LEDGER_BUCKET": NAME,
    "LEDGER_PREFIX": "ledger/",
    "REGION": REGION,
}
_Client = Any


class Context:
    """A run with this time left."""

    def __init__(self, seconds: float = 900) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


def validate(
    shop: ShopDatabase,
    bucket: LedgerBucket,
    monkeypatch: pytest.MonkeyPatch,
    *,
    recovery_point: dt.datetime | None = None,
    seconds: float = 900,
    port: int | None = None,
) -> handler.Result:
    """Validate the database `app` as the instance that a restore job made."""
    point = recovery_point or dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    make_client = boto3.client
    rds, backup = (make_client(name, region_name=REGION) for name in ("rds", "backup"))
    _stub_instance(rds, port or shop.server.port)
    _stub_job(backup, point)
    clients = {"rds": rds, "backup": backup, "s3": bucket.s3}
    monkeypatch.setattr(boto3, "client", lambda name, region_name: clients[name])
    make_token = handler._make_token

    def log_in(rds: _Client, host: str, port: int, user: str) -> str:
        token = make_token(rds, host, port, user)
        asked = urlsplit(f"https://{token}")
        assert (asked.hostname, asked.port) == (host, port)
        assert {"Action": ["connect"], "DBUser": [user]}.items() <= parse_qs(asked.query).items()
        shop.execute(f"ALTER ROLE {user} PASSWORD '{token}'")
        return token

    monkeypatch.setattr(handler, "_make_token", log_in)
    try:
        return handler.validate_restore(EVENT, Context(seconds), VARIABLES)
    finally:
        monkeypatch.setattr(handler, "_make_token", make_token)
        monkeypatch.setattr(boto3, "client", make_client)


def _stub_instance(rds: _Client, port: int) -> None:
    stub = Stubber(rds)
    stub.add_response(
        "describe_db_instances",
        {"DBInstances": [{"Endpoint": {"Address": "localhost", "Port": port}}]},
        {"DBInstanceIdentifier": "awsbackup-restore-test-1"},
    )
    stub.activate()


def _stub_job(backup: _Client, recovery_point: dt.datetime) -> None:
    stub = Stubber(backup)
    stub.add_response(
        "describe_restore_job",
        {
            "RestoreJobId": EVENT["restore_job_id"],
            "Status": "COMPLETED",
            "CreatedResourceArn": INSTANCE,
            "RecoveryPointCreationDate": recovery_point,
            "CreationDate": recovery_point + dt.timedelta(hours=5),
            "CompletionDate": recovery_point + dt.timedelta(hours=5, minutes=21),
            "BackupSizeInBytes": 20 * 1024**3,
        },
        {"RestoreJobId": EVENT["restore_job_id"]},
    )
    stub.activate()

"""Secrets that pods read: in the environment's own region, and as replicas or own secrets of a standby."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from arqctl.doctor.aws.stored_secrets import STORED_SECRETS
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import REGION, StubbedAws, run, stack
from tests.arqctl.doctor.aws.complete_stacks import complete_stacks, secrets_stack

BACKUP = "eu-central-1"
VALUE = {"VersionIdsToStages": {"1" * 32: ["AWSCURRENT"]}}
COMMAND = "aws secretsmanager {} --region eu-west-1 --secret-id production/sentry"
REPLICATE = f"{COMMAND.format('replicate-secret-to-regions')} --add-replica-regions Region={BACKUP}"


@pytest.fixture
def aws() -> StubbedAws:
    return StubbedAws()


@pytest.mark.parametrize(
    ("answer", "status", "what"),
    [
        (VALUE, Status.OK, "has a value"),
        ({"VersionIdsToStages": {"1" * 32: ["AWSPENDING"]}}, Status.MISSING, "has no value"),
        ({"DeletedDate": datetime(2026, 1, 1, tzinfo=UTC)}, Status.MISSING, "will be deleted"),
        (None, Status.MISSING, "does not exist"),
    ],
)
def test_a_secret_that_pods_read_has_a_value(
    aws: StubbedAws, answer: dict[str, object] | None, status: Status, what: str
) -> None:
    if answer is None:
        aws.reject("secretsmanager", "describe_secret", "ResourceNotFoundException")
    else:
        aws.answer("secretsmanager", "describe_secret", answer, SecretId="production/paging")
    (found,) = run(STORED_SECRETS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, f"production/paging in {REGION}: {what}")
    if what.startswith(("has no", "does not")):
        assert found.fix.endswith("file://production-paging.json, with the fields routing_key, watchdog_url")


def replicated(aws: StubbedAws, *statuses: dict[str, Any]) -> list[Check]:
    """Check a secret that the standby reads too, with these replicas, and one of the standby alone."""
    aws.answer(
        "secretsmanager",
        "describe_secret",
        {**VALUE, "ReplicationStatus": list(statuses)},
        SecretId="production/sentry",
    )
    aws.answer(
        "secretsmanager", "describe_secret", VALUE, region=BACKUP, SecretId="production/standby-paging"
    )
    return run(
        STORED_SECRETS,
        aws.api,
        secrets_stack("production-platform", REGION, "production/sentry"),
        secrets_stack(
            "production-standby-platform", BACKUP, "production/sentry", "production/standby-paging"
        ),
    )


@pytest.mark.parametrize(
    ("replica", "key"),
    [
        ({}, "alias/aws/secretsmanager"),
        ({"KmsKeyId": "alias/production-secrets"}, "alias/production-secrets"),
    ],
)
def test_a_secret_of_a_standby_is_a_replica_or_its_own(
    aws: StubbedAws, replica: dict[str, str], key: str
) -> None:
    found = replicated(aws, {"Region": BACKUP, "Status": "InSync", **replica})
    assert {each.status for each in found} == {Status.OK}
    assert [each.found for each in found] == [
        f"production/sentry in {REGION}: has a value",
        f"production/sentry in {BACKUP}: replica, InSync, with the key {key}",
        f"production/standby-paging in {BACKUP}: has a value",
    ]


@pytest.mark.parametrize(
    ("statuses", "what", "fix"),
    [
        ([], "no replica, and the standby reads it", REPLICATE),
        (
            [{"Region": "us-east-1", "Status": "InSync"}],
            "no replica, and the standby reads it",
            REPLICATE,
        ),
        (
            [{"Region": BACKUP, "Status": "InProgress"}],
            "replica, InProgress",
            "Wait until the replica is complete, and run it again",
        ),
        (
            [{"Region": BACKUP, "Status": "Failed", "StatusMessage": "Secret with this name exists"}],
            "replica, Failed: Secret with this name exists",
            f"Remove the cause, then {COMMAND.format('remove-regions-from-replication')} "
            f"--remove-replica-regions {BACKUP} && {REPLICATE}",
        ),
    ],
)
def test_a_replica_that_is_not_complete_is_missing(
    aws: StubbedAws, statuses: list[dict[str, Any]], what: str, fix: str
) -> None:
    _, found, _ = replicated(aws, *statuses)
    assert (found.status, found.fix) == (Status.MISSING, fix)
    assert found.found == f"production/sentry in {BACKUP}: {what}"


def test_a_missing_secret_is_created_with_its_replica(aws: StubbedAws) -> None:
    aws.reject("secretsmanager", "describe_secret", "ResourceNotFoundException")
    (found,) = run(
        STORED_SECRETS,
        aws.api,
        secrets_stack("production-platform", REGION, "production/sentry"),
        secrets_stack("production-standby-platform", BACKUP, "production/sentry"),
    )
    assert f"create-secret --region {REGION} --name production/sentry" in found.fix
    assert f"--add-replica-regions Region={BACKUP}, with the fields" in found.fix


def test_a_secret_of_an_unknown_store_is_unknown(aws: StubbedAws) -> None:
    other = secrets_stack("production-platform", REGION, "production/sentry")
    renamed = json.loads(other.text.replace("ClusterSecretStore", "SecretStore"))
    (found,) = run(STORED_SECRETS, aws.api, stack(other.name, **renamed))
    assert found.status is Status.UNKNOWN
    assert "production/sentry is of the store secrets" in found.found

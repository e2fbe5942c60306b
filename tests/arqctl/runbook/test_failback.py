"""The runbook of a fail-back: its commands, and their order on a model of RDS."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError
from arqctl.runbook.failback import Failback, failback_sections
from arqctl.runbook.page import render
from tests.arqctl.runbook.shell_sessions import run_commands
from tests.arqctl.runbook.simulated_rds import SimulatedRds
from tests.arqctl.runbook.test_runbook import DEPLOYMENT, SNAPSHOTS
from tests.aws_commands import parse_aws_command

NAMES = ("production", "production-standby", "production-standby-platform")


def stacks(*names: str) -> list[Stack]:
    files = {name: SNAPSHOTS / f"{name}.json" for name in names}
    return [
        Stack(name, "production", file, file.read_text(), json.loads(file.read_text()))
        for name, file in files.items()
    ]


@pytest.fixture(scope="module")
def failback() -> Failback:
    return Failback.find("production", stacks(*NAMES))


@pytest.fixture
def commands(failback: Failback, tmp_path: Path) -> list[list[str]]:
    return run_commands(render("Page", failback_sections(failback, DEPLOYMENT)), tmp_path)


def index(commands: Sequence[Sequence[str]], *words: str) -> int:
    """Return the index of the only command that has all of these words."""
    (found,) = (at for at, command in enumerate(commands) if set(words) <= set(command))
    return found


def test_the_order_works_on_a_model_of_rds(failback: Failback, commands: list[list[str]]) -> None:
    standby = failback.standby.identifier
    simulated = SimulatedRds(failback.database, {standby: "available"})
    simulated.run(commands)
    replicas = {replica.name for replica in failback.database.replicas}
    # The clean-up deletes the lost instance.
    assert simulated.status.keys() == {failback.database.identifier, *replicas}


def test_requests_come_back_only_after_the_deployment_and_the_standby_is_deleted_last(
    commands: list[list[str]],
) -> None:
    """Policies and the proxy know the new instance after the deployment only."""
    deployments = [at for at, each in enumerate(commands) if each[:3] == ["arqctl", "deploy", "production"]]
    switch = index(commands, "put-key", "primary")
    deleted = index(commands, "delete-db-instance", "production-standby-database")
    assert index(commands, "promote-read-replica") < deployments[0] < switch < deleted < deployments[1]
    assert ["arqctl", "deploy", "production-standby-platform"] in commands[deployments[1] :]


def test_the_states_come_back_from_the_copy_of_the_bucket(
    failback: Failback, commands: list[list[str]]
) -> None:
    copied = [each[4] for each in commands if each[:3] == ["aws", "s3", "cp"]]
    assert copied == [f"s3://{failback.bucket}/{name}.tfstate" for name in NAMES[1:]]


def test_every_command_is_a_valid_call_of_the_api(commands: list[list[str]]) -> None:
    calls = [each for each in commands if each[0] == "aws" and each[1] != "s3" and each[2] != "wait"]
    assert {parse_aws_command(each)[0] for each in calls} > {"PutKey", "GetBucketReplication"}


def test_the_replica_has_every_setting_of_the_configuration(
    failback: Failback, commands: list[list[str]]
) -> None:
    """It has its own key, because one of the source is of another region, and the source's engine."""
    created = index(commands, "create-db-instance-read-replica")
    _, given = parse_aws_command(commands[created])
    assert str(given["KmsKeyId"]).startswith("value of aws_kms_key.")
    assert str(given["SourceDBInstanceIdentifier"]) == failback.standby.arn
    modify = next(each for each in commands[created:] if "modify-db-instance" in each)
    _, modified = parse_aws_command(modify)
    for name in ("MultiAZ", "DeletionProtection", "EnableIAMDatabaseAuthentication", "MaxAllocatedStorage"):
        assert given[name]
    assert modified["BackupRetentionPeriod"] == failback.database.arguments["backup_retention_period"]


def test_an_environment_without_a_standby_is_refused() -> None:
    with pytest.raises(InputError, match="has no standby with a replica of its database"):
        Failback.find("staging", stacks("staging"))

"""The runbook of a fail-back: its commands, and their order on a model of RDS."""

import json
from collections.abc import Sequence
from dataclasses import replace
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

NAMES = ("production", "production-platform", "production-standby", "production-standby-platform")
STANDBY = ("production-standby", "production-standby-platform")


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
    cluster = index(commands, "arqctl", "deploy", "production-standby-platform")
    assert deployments[1] < cluster
    # The environment is protected, so each deployment of its stacks needs an approval.
    assert all("--approve" in commands[at] for at in (*deployments, cluster))


def test_the_states_come_back_from_the_copy_of_the_bucket(
    failback: Failback, commands: list[list[str]]
) -> None:
    copied = [each[4] for each in commands if each[:3] == ["aws", "s3", "cp"]]
    assert copied == [f"s3://{failback.bucket}/{name}.tfstate" for name in STANDBY]


def scaled(commands: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Return the cluster, the deployment and its pods of each change of a number, in order."""
    found, cluster = [], ""
    for each in commands:
        if each[:3] == ["aws", "eks", "update-kubeconfig"]:
            cluster = each[-1]
        elif each[:2] == ["kubectl", "scale"]:
            found.append((cluster, each[2].partition("/")[2], each[-1]))
    return found


def test_all_that_is_stopped_starts_again(commands: list[list[str]]) -> None:
    """An autoscaler starts no first pod, and Terraform keeps the number."""
    own, standby = "production-cluster", "production-standby-cluster"
    assert scaled(commands) == [
        (own, "api", "0"),
        (own, "receipts", "0"),
        (standby, "api", "0"),
        (standby, "receipts", "0"),
        (own, "api", "3"),
        (own, "receipts", "2"),
        (standby, "api", "3"),
        (standby, "receipts", "2"),
    ]
    switch, last = index(commands, "put-key", "primary"), index(commands, "arqctl", "deploy", STANDBY[1])
    assert len(scaled(commands[:switch])) == 6
    assert len(scaled(commands[:last])) == 6
    paused = [each[-1].partition("/")[2] for each in commands if each[:2] == ["kubectl", "annotate"]]
    assert paused == ["paused-replicas=0"] * 2 + ["paused-replicas-"] * 2
    jobs = [each[-1] for each in commands if each[:2] == ["kubectl", "patch"]]
    assert jobs == ['{"spec":{"suspend":true}}', '{"spec":{"suspend":false}}']


def test_the_writes_have_arrived_before_the_promotion(failback: Failback) -> None:
    """A lag of 0 is no proof: RDS does not report it without writes."""
    page = render("Page", failback_sections(failback, DEPLOYMENT))
    before, _, _ = page.partition("aws rds promote-read-replica")
    _, _, stopped = before.rpartition("--replicas 0")
    assert "`SELECT pg_current_wal_lsn();` on `production-standby-database`" in stopped
    assert "pg_last_wal_replay_lsn() >= 'LSN';` is true on `production-database-restored`" in stopped


def test_pipelines_are_disabled_from_the_start_to_the_end(commands: list[list[str]]) -> None:
    changes = [at for at, each in enumerate(commands) if each[:2] == ["gh", "workflow"]]
    assert [commands[at][2:] for at in changes] == [
        [change, name] for change in ("disable", "enable") for name in ("deploy.yml", "cluster.yml")
    ]
    deployments = [at for at, each in enumerate(commands) if each[:2] == ["arqctl", "deploy"]]
    assert changes[1] < min(deployments)
    assert max(deployments) < changes[2]


def test_every_command_is_a_valid_call_of_the_api(commands: list[list[str]]) -> None:
    calls = [
        each for each in commands if each[0] == "aws" and each[1] not in ("s3", "eks") and each[2] != "wait"
    ]
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


def test_the_page_of_another_environment_has_its_name(failback: Failback) -> None:
    own = replace(failback.database, environment="live")
    page = render("Page", failback_sections(replace(failback, database=own), DEPLOYMENT))
    assert "The plans of live and its standby are empty." in page


def test_an_environment_without_a_standby_is_refused() -> None:
    with pytest.raises(InputError, match="has no standby with a replica of its database"):
        Failback.find("staging", stacks("staging"))

"""The database comes back to its own region: the commands of the runbook, with real Terraform."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Json, as_text
from arqctl.offline.aws.account import Account
from arqctl.offline.aws.outside_changes import delete_instance, find_instance, promote_replica
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.values import Value
from arqctl.runbook.databases import Database, Dependent
from arqctl.runbook.failback import Failback, failback_sections
from arqctl.runbook.page import render
from tests.arqctl.offline.offline_stacks import OfflineStack, prepare_environment
from tests.arqctl.runbook.shell_sessions import run_commands
from tests.arqctl.runbook.test_runbook import DEPLOYMENT, SNAPSHOTS
from tests.aws_commands import parse_aws_command

pytestmark = pytest.mark.slow

ACCOUNT = Account("210987654321", "eu-west-1")
NAMES = ("production", "production-platform", "production-standby", "production-standby-platform")
INSTANCE, COPY, TARGET = (
    "aws_db_instance",
    "aws_db_instance_automated_backups_replication",
    "aws_db_proxy_target",
)


def call(store: ResourceStore, operation: str, given: dict[str, Json]) -> None:
    """Do what RDS does with the instances, proxy targets and copies of the own region."""
    name = as_text(given.get("DBInstanceIdentifier"))
    if operation == "CreateDBInstanceReadReplica":
        # A test of the runbook compares its settings with the configuration.
        present = find_instance(store, ACCOUNT, "production-database")
        assert present
        replica: dict[str, Value] = {
            **present.state,
            "id": "db-RESTORED",
            "resource_id": "db-RESTORED",
            "identifier": name,
            "replicate_source_db": as_text(given["SourceDBInstanceIdentifier"]),
        }
        store.save(ACCOUNT, INSTANCE, "db-RESTORED", replica)
    elif operation == "PromoteReadReplica":
        assert promote_replica(store, ACCOUNT, name, backup_days=35)
    elif operation == "DeleteDBInstance":
        assert delete_instance(store, ACCOUNT, name)
    elif operation == "ModifyDBInstance" and "NewDBInstanceIdentifier" in given:
        found = find_instance(store, ACCOUNT, name)
        assert found
        renamed = as_text(given["NewDBInstanceIdentifier"])
        store.save(ACCOUNT, INSTANCE, found.id, {**found.state, "identifier": renamed})
    elif operation == "StopDBInstanceAutomatedBackupsReplication":
        remove_all(store, Account(ACCOUNT.id, "eu-central-1"), COPY)
    elif operation == "DeregisterDBProxyTargets":
        remove_all(store, ACCOUNT, TARGET)


def remove_all(store: ResourceStore, account: Account, type_: str) -> None:
    (found,) = store.list_resources(account, type_)
    store.remove(account, type_, found.id)


def commands_until_the_plan(failback: Failback, folder: Path) -> Iterator[list[str]]:
    """Yield the commands from the replica to the plan of the deployment."""
    sections = failback_sections(failback, DEPLOYMENT)
    for command in run_commands(render("Page", sections), folder):
        if command[:2] == ["arqctl", "plan"]:
            return
        yield command


def dependents(database: Database) -> tuple[Dependent, ...]:
    return (*database.replicas, *database.proxy_targets, *database.backup_copies)


def targets(database: Database) -> tuple[str, ...]:
    return tuple(f"-target={each.address}" for each in dependents(database))


def run(command: list[str], stack: OfflineStack) -> None:
    if command[0] == "terraform" and "console" not in command and "init" not in command:
        completed = stack.terraform(*command[2:])
        assert completed.returncode == 0, completed.stderr
    elif command[:2] == ["aws", "rds"] and command[2] != "wait":
        with closing(ResourceStore(stack.paths.account)) as store:
            call(store, *parse_aws_command(command))


def test_terraform_takes_the_promoted_database_without_a_loss(tmp_path: Path) -> None:
    files = {name: SNAPSHOTS / f"{name}.json" for name in NAMES}
    failback = Failback.find(
        "production",
        [Stack(n, "production", f, f.read_text(), json.loads(f.read_text())) for n, f in files.items()],
    )
    stack = prepare_environment(tmp_path / "stack", "production")
    stack.apply(*targets(failback.database))
    for command in commands_until_the_plan(failback, tmp_path):
        run(command, stack)
    plan = stack.plan_json(*targets(failback.database))
    changes = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
    created = {address for address, actions in changes.items() if actions == ["create"]}
    assert created == {each.address for each in dependents(failback.database)}
    assert not [address for address, actions in changes.items() if "delete" in actions]
    stack.apply_plan()
    again = stack.plan_json(*targets(failback.database))
    assert {tuple(each["change"]["actions"]) for each in again["resource_changes"]} <= {("no-op",), ("read",)}

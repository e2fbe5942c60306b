"""Backups and restore tests on offline AWS with real Terraform, from apply to destroy."""

import json
from pathlib import Path

import pytest

from arqctl.core.assembly import Stack as SynthesizedStack
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backups import Backups
from constructs_arq.recovery.dump_store import DumpStore, DumpStoreConfig
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.recovery.restore_tests import RestoreTests
from constructs_arq.storage.bucket import LogBucket
from tests.arqctl.offline.offline_stacks import prepare_stack
from tests.data.database_builders import database_config
from tests.support import STACK, synthesize

pytestmark = pytest.mark.slow


def build(stack: Stack) -> None:
    network = Network(
        stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"))
    )
    logs = LogBucket(stack, "logs", retention_days=30)
    Backups(stack, "backups", without_removal=["arn:aws:iam::111122223333:role/d-*"], config=BackupConfig())
    RestoreTests(
        stack,
        "restore-tests",
        database=Postgres(stack, "database", subnets=network.isolated, config=database_config()),
        isolated=network.isolated,
        private=network.private,
        dumps=DumpStore(stack, "dumps", access_logs=logs, config=DumpStoreConfig()),
        backups=BackupConfig(),
        config=RestoreTestsConfig(),
    )


def test_backups_and_restore_tests_are_created_kept_and_destroyed(tmp_path: Path) -> None:
    document = synthesize(build, config=STACK.model_copy(update={"protected": False})).json
    # Archives of functions are files of the synthesis, which Terraform only hashes.
    text = json.dumps(document)
    stack = prepare_stack(
        tmp_path, SynthesizedStack("test", "test", tmp_path / "cdk.tf.json", text, document)
    )
    for function in document["resource"]["aws_lambda_function"].values():
        code = stack.folder / function["filename"]
        code.parent.mkdir(parents=True, exist_ok=True)
        code.write_bytes(b"")
    stack.apply()
    assert {each["change"]["actions"][0] for each in stack.plan_json()["resource_changes"]} == {"no-op"}
    stack.destroy()
    assert stack.state()["resources"] == []

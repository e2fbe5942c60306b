"""The plan, the functions, the events and the permissions of restore tests."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.dump_store import DumpStore, DumpStoreConfig
from constructs_arq.recovery.restore_age_function import make_age_archive
from constructs_arq.recovery.restore_plan import RestoreTestsConfig
from constructs_arq.recovery.restore_tests import RestoreTests
from constructs_arq.storage.bucket import LogBucket
from tests.data.database_builders import database_config
from tests.support import Synthesized, synthesize

ZONES = ("euw1-az1", "euw1-az2")


def build(stack: Stack, network: NetworkConfig, config: RestoreTestsConfig) -> None:
    vpc = Network(stack, "network", config=network)
    logs = LogBucket(stack, "logs", retention_days=30)
    RestoreTests(
        stack,
        "restore-tests",
        database=Postgres(stack, "orders-database", subnets=vpc.isolated, config=database_config()),
        isolated=vpc.isolated,
        private=vpc.private,
        backups=BackupConfig(),
        dumps=DumpStore(stack, "dumps", access_logs=logs, config=DumpStoreConfig()),
        config=config,
    )


@pytest.fixture(scope="module")
def tests() -> Synthesized:
    network = NetworkConfig(cidr="10.0.0.0/16", zones=ZONES)
    return synthesize(lambda stack: build(stack, network, RestoreTestsConfig(instance_class="db.t4g.medium")))


def policies(tests: Synthesized, path: str) -> dict[str, dict[str, Any]]:
    """Return the statements of the inline policies of a role, by action."""
    found: dict[str, dict[str, Any]] = {}
    for at, policy in tests.of_type("aws_iam_role_policy").items():
        if at.startswith(f"restore-tests/{path}/"):
            for statement in json.loads(policy["policy"])["Statement"]:
                found |= dict.fromkeys(statement["Action"], statement)
    return found


class TestPlan:
    def test_restores_the_newest_snapshot_at_least_each_31_days(self, tests: Synthesized) -> None:
        plan = tests.one("aws_backup_restore_testing_plan")
        assert plan["name"] == "test_restore_tests"
        assert plan["schedule_expression"] == "cron(0 10 2 * ? *)"
        (selection,) = plan["recovery_point_selection"]
        assert selection["algorithm"] == "LATEST_WITHIN_WINDOW"
        assert selection["include_vaults"] == [
            "arn:aws:backup:eu-west-1:111122223333:backup-vault:test-backup"
        ]

    def test_the_copy_is_alone_in_isolated_subnets(self, tests: Synthesized) -> None:
        selection = tests.one("aws_backup_restore_testing_selection")
        overrides = selection["restore_metadata_overrides"]
        database = tests.one("aws_db_instance")
        assert (
            overrides["dbSubnetGroupName"] == f"${{{'aws_db_instance.orders-database.db_subnet_group_name'}}}"
        )
        (group,) = json.loads(overrides["vpcSecurityGroupIds"])
        assert group not in database["vpc_security_group_ids"]
        rules = [
            each
            for each in tests.of_type("aws_vpc_security_group_ingress_rule").values()
            if each["security_group_id"] == group
        ]
        assert [each["from_port"] for each in rules] == [5432]
        assert "referenced_security_group_id" in rules[0]
        assert overrides["enableIAMDatabaseAuthentication"] == "true"
        assert overrides["dbParameterGroupName"] == database["parameter_group_name"]
        assert overrides["dbInstanceClass"] == "db.t4g.medium"
        assert selection["protected_resource_arns"] == [
            "arn:aws:rds:eu-west-1:111122223333:db:test-orders-database"
        ]

    def test_names_have_no_hyphens(self, tests: Synthesized) -> None:
        names = [
            *(each["name"] for each in tests.of_type("aws_backup_restore_testing_plan").values()),
            *(each["name"] for each in tests.of_type("aws_backup_restore_testing_selection").values()),
        ]
        assert not any("-" in name for name in names)


class TestValidator:
    def test_logs_in_as_its_user_only(self, tests: Synthesized) -> None:
        allowed = policies(tests, "validator/role")
        assert allowed["rds-db:connect"]["Resource"] == [
            "arn:aws:rds-db:eu-west-1:111122223333:dbuser:*/restore_validator"
        ]
        assert allowed["rds:DescribeDBInstances"]["Resource"] == [
            "arn:aws:rds:eu-west-1:111122223333:db:awsbackup-restore-test-*"
        ]
        assert not any(action.startswith("s3:Put") for action in allowed)

    def test_reaches_restored_databases_and_aws_only(self, tests: Synthesized) -> None:
        function = tests.one("aws_lambda_function", "restore-tests/validator/function/Default")
        (group,) = function["vpc_config"]["security_group_ids"]
        egress = [
            (each["from_port"], "cidr_ipv4" in each)
            for each in tests.of_type("aws_vpc_security_group_egress_rule").values()
            if each["security_group_id"] == group
        ]
        assert sorted(egress) == [(443, True), (5432, False)]
        assert function["environment"]["variables"]["DATABASE_USER"] == "restore_validator"
        assert function["handler"] == "handler.validate"

    def test_needs_endpoints_without_nat(self) -> None:
        network = NetworkConfig(cidr="10.0.0.0/16", zones=ZONES, nat=Nat.NONE)
        with pytest.raises(ConstructError, match='"backup", "rds"'):
            synthesize(lambda stack: build(stack, network, RestoreTestsConfig()))


class TestAge:
    def test_lists_backups_of_both_vaults_only(self, tests: Synthesized) -> None:
        allowed = policies(tests, "age/role")["backup:ListRecoveryPointsByBackupVault"]["Resource"]
        assert allowed == [
            f"arn:aws:backup:{region}:111122223333:backup-vault:test-backup"
            for region in ("eu-west-1", "eu-central-1")
        ]

    def test_its_archive_runs_without_the_library(self, tests: Synthesized, tmp_path: Path) -> None:
        function = tests.one("aws_lambda_function", "restore-tests/age/function/Default")
        module, _, name = function["handler"].rpartition(".")
        zipfile.ZipFile(make_age_archive().path).extractall(tmp_path)
        code = f"import sys; sys.path.insert(0, '.'); import {module}; print({module}.{name}.__module__)"
        answer = subprocess.run(
            [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert answer.stdout.strip() == "constructs_arq.recovery.restore_age.restore_age"


class TestMachine:
    def test_starts_for_jobs_of_its_plan_that_ended(self, tests: Synthesized) -> None:
        rule = tests.one("aws_cloudwatch_event_rule", "restore-tests/validation/rule")
        detail = json.loads(rule["event_pattern"])["detail"]
        assert detail["status"] == ["COMPLETED", "FAILED", "ABORTED"]
        assert detail["restoreTestingPlanArn"][0].startswith("${aws_backup_restore_testing_plan.")

    def test_definition_and_permissions_agree(self, tests: Synthesized) -> None:
        machine = tests.one("aws_sfn_state_machine")
        states = json.loads(machine["definition"])["States"].values()
        called = {
            state["Resource"].removeprefix("arn:aws:states:::").removeprefix("aws-sdk:").lower()
            for state in states
            if state["Type"] == "Task"
        }
        actions = {action.lower() for action in policies(tests, "validation/role")}
        assert called == {
            "lambda:invoke",
            "backup:putrestorevalidationresult",
            "cloudwatch:putmetricdata",
            "s3:putobject",
        }
        assert {each.replace("lambda:invoke", "lambda:invokefunction") for each in called} < actions

    def test_writes_records_only(self, tests: Synthesized) -> None:
        (keys,) = policies(tests, "validation/role")["s3:PutObject"]["Resource"]
        assert keys.endswith(".arn}/restores/*")

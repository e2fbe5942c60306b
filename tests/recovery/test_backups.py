"""Vaults, plans, roles, tags and alarms of backups."""

import json
from typing import Any

import pytest

from constructs_arq.core.backup_tags import BackupSchedule, NoBackup, backup_tags
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.backup_alarms import BackupAlarms
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backups import Backups
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.support import STACK, Synthesized, synthesize

OTHER_VAULT = "arn:aws:backup:eu-west-1:444455556666:backup-vault:copies"
DELIVERY = "arn:aws:iam::111122223333:role/test-delivery-*"


def make(config: BackupConfig, *, standby: bool = False) -> Synthesized:
    def build(stack: Stack) -> None:
        backups = Backups(stack, "backups", without_removal=[DELIVERY], config=config)
        if standby:
            backups.add_standby()

    return synthesize(build)


@pytest.fixture(scope="module")
def backups() -> Synthesized:
    return make(BackupConfig(cross_account_copy=OTHER_VAULT))


def rules(backups: Synthesized, schedule: str) -> dict[str, dict[str, Any]]:
    found = backups.one("aws_backup_plan", f"backups/{schedule}/Default")["rule"]
    return {each["rule_name"]: each for each in found}


class TestVaults:
    def test_are_in_both_regions_with_own_keys(self, backups: Synthesized) -> None:
        vaults = backups.of_type("aws_backup_vault")
        assert {each["name"] for each in vaults.values()} == {"test-backup"}
        assert len({each["kms_key_arn"] for each in vaults.values()}) == 2
        assert vaults["backups/copies/Default"]["provider"] == "aws.eu-central-1"
        assert "provider" not in vaults["backups/vault/Default"]

    def test_locks_are_removable_and_fit_the_plans(self, backups: Synthesized) -> None:
        locks = backups.of_type("aws_backup_vault_lock_configuration").values()
        assert len(locks) == 2
        days = {days["lifecycle"]["delete_after"] for days in rules(backups, "daily").values()}
        for lock in locks:
            assert "changeable_for_days" not in lock
            assert {lock["min_retention_days"], lock["max_retention_days"]} == days

    def test_delivery_roles_remove_nothing(self, backups: Synthesized) -> None:
        for each in backups.of_type("aws_backup_vault_policy").values():
            (statement,) = json.loads(each["policy"])["Statement"]
            assert statement["Effect"] == "Deny"
            assert {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} < {
                *statement["Action"]
            }
            assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [DELIVERY]}}

    def test_the_other_account_uses_the_key_of_the_source_only(self, backups: Synthesized) -> None:
        keys = backups.of_type("aws_kms_key")
        assert "444455556666" in keys["backups/vault/key/Default"]["policy"]
        assert "444455556666" not in keys["backups/copies/key/Default"]["policy"]

    def test_without_copies_there_is_one_vault(self) -> None:
        config = BackupConfig(copy_to_backup_region=False)
        assert len(make(config).of_type("aws_backup_vault")) == 1
        assert "copy_action" not in rules(make(config), "daily")["daily"]


class TestPlans:
    def test_daily_resources_are_kept_for_days_and_months(self, backups: Synthesized) -> None:
        daily = rules(backups, "daily")
        assert {name: each["lifecycle"]["delete_after"] for name, each in daily.items()} == {
            "daily": 35,
            "monthly": 365,
        }
        assert rules(backups, "monthly").keys() == {"monthly"}

    def test_backups_of_the_first_day_start_together(self, backups: Synthesized) -> None:
        daily = rules(backups, "daily")
        assert daily["daily"]["schedule"] == "cron(0 5 * * ? *)"
        assert daily["monthly"]["schedule"] == "cron(0 5 1 * ? *)"

    def test_each_backup_has_copies_of_the_same_age(self, backups: Synthesized) -> None:
        for each in rules(backups, "daily").values():
            destinations = [copy["destination_vault_arn"] for copy in each["copy_action"]]
            assert destinations[0].startswith("${aws_backup_vault.backups_copies")
            assert destinations[1] == OTHER_VAULT
            assert all(copy["lifecycle"] == each["lifecycle"] for copy in each["copy_action"])

    @pytest.mark.parametrize("schedule", BackupSchedule)
    def test_selection_has_the_tag_of_resources(self, backups: Synthesized, schedule: BackupSchedule) -> None:
        selection = backups.one("aws_backup_selection", f"backups/{schedule}/selection")
        (tag,) = selection["selection_tag"]
        assert {tag["key"]: tag["value"]} == backup_tags(schedule)
        # AWS Backup refuses a role without permissions.
        assert sum("policy_attachment" in each for each in selection["depends_on"]) == 2

    def test_a_standby_has_plans_without_copies_in_its_region(self) -> None:
        for config in (BackupConfig(), BackupConfig(copy_to_backup_region=False)):
            found = make(config, standby=True)
            plan = found.one("aws_backup_plan", "backups/standby/daily/Default")
            assert plan["provider"] == "aws.eu-central-1"
            assert not any("copy_action" in each for each in plan["rule"])
            selection = found.one("aws_backup_selection", "backups/standby/daily/selection")
            assert selection["provider"] == "aws.eu-central-1"
            assert selection["not_resources"] == [
                "arn:aws:rds:eu-central-1:111122223333:db:awsbackup-restore-test-*"
            ]
            assert found.one("aws_backup_vault", "backups/copies/Default")["provider"] == plan["provider"]


class TestRoles:
    def test_have_a_boundary_and_no_path_of_workloads(self, backups: Synthesized) -> None:
        roles = backups.of_type("aws_iam_role")
        assert {each["name"] for each in roles.values()} == {"test-backup", "test-restore"}
        for role in roles.values():
            assert "aws_iam_policy" in role["permissions_boundary"]
            assert role.get("path", "/") == "/"

    def test_backup_role_restores_nothing(self, backups: Synthesized) -> None:
        attached = {
            each["policy_arn"]
            for path, each in backups.of_type("aws_iam_role_policy_attachment").items()
            if path.startswith("backups/roles/backup/")
        }
        assert len(attached) == 2
        assert not any("Restore" in arn for arn in attached)


@pytest.mark.parametrize(
    "vault",
    [
        OTHER_VAULT.replace("eu-west-1", "eu-central-1"),
        OTHER_VAULT.replace("444455556666", STACK.account_id),
    ],
    ids=["other region", "own account"],
)
def test_copies_to_another_account_stay_in_the_region(vault: str) -> None:
    with pytest.raises(ConstructError, match="use a vault in this region"):
        make(BackupConfig(cross_account_copy=vault))


def test_invalid_values_are_reported_together() -> None:
    with pytest.raises(ConfigError) as error:
        BackupConfig(daily_days=3, start_hour=24, cross_account_copy="copies")
    assert all(name in str(error.value) for name in ("daily_days", "start_hour", "cross_account_copy"))
    with pytest.raises(ConfigError, match="monthly_days 31 must be more than daily_days 31"):
        BackupConfig(daily_days=31, monthly_days=31)


def test_a_bucket_without_backup_has_the_reason() -> None:
    def build(stack: Stack) -> None:
        key = Key(stack, "key", description="Encrypts a test")
        logs = LogBucket(stack, "logs", retention_days=30)
        Bucket(stack, "files", key=key, access_logs=logs)
        Bucket(stack, "cache", key=key, access_logs=logs, backup=NoBackup("Anybody can make it again"))

    buckets = synthesize(build).of_type("aws_s3_bucket")
    assert buckets["files/Default"]["tags"] == {"backup": "daily"}
    assert buckets["cache/Default"]["tags"] == {
        "backup": "none",
        "backup-reason": "Anybody can make it again",
    }
    assert buckets["logs/Default"]["tags"]["backup"] == "none"
    with pytest.raises(ValueError, match="10 to 256"):
        NoBackup("no, never")


def test_alarms_cover_failures_and_silence_of_each_type() -> None:
    def build(stack: Stack) -> None:
        alarms = BackupAlarms(stack, "backups", config=BackupConfig())
        found.update({alarm.name: alarm for alarm in alarms.alarms})
        without = BackupAlarms(stack, "dev", config=BackupConfig(copy_to_backup_region=False))
        assert not any("copy" in alarm.name for alarm in without.alarms)

    found: dict[str, Any] = {}
    synthesize(build)
    silent = {name for name, alarm in found.items() if alarm.missing_data == "breaching"}
    assert silent == {f"no-{job}-of-{kind}" for job in ("backup", "copy") for kind in ("database", "buckets")}
    assert {"failed-backups", "failed-copies"} < found.keys() - silent


def test_a_selection_names_no_resources(backups: Synthesized) -> None:
    """AWS Backup adds named resources to those with the tag: `*` would select all."""
    for schedule in BackupSchedule:
        selection = backups.one("aws_backup_selection", f"backups/{schedule}/selection")
        assert "resources" not in selection
        assert selection["selection_tag"]

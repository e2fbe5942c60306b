"""Checks of AWS Backup: what its API would refuse during an apply."""

import json

import pytest

from arqctl.offline.aws.checks import check_config
from arqctl.offline.aws.checks.backups import check_bucket_versioning, check_service_role
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource
from arqctl.offline.values import Value

Config = dict[str, Value]
RULE: Config = {
    "rule_name": "daily",
    "target_vault_name": "vault",
    "start_window": 60,
    "completion_window": 720,
    "lifecycle": [{"delete_after": 35}],
}


def plan(**changes: Value) -> Config:
    return {"name": "production-backup-daily", "rule": [{**RULE, **changes}]}


VALID: dict[str, Config] = {
    "aws_backup_vault": {"name": "production-backup"},
    "aws_backup_vault_lock_configuration": {
        "backup_vault_name": "production-backup",
        "min_retention_days": 35,
        "max_retention_days": 365,
    },
    "aws_backup_plan": plan(copy_action=[{"lifecycle": [{"delete_after": 35}]}]),
    "aws_backup_restore_testing_plan": {"name": "production_restore_tests"},
}


@pytest.mark.parametrize("type_", VALID)
def test_valid_configurations_pass(type_: str) -> None:
    assert [*check_config(type_, VALID[type_])] == []


@pytest.mark.parametrize(
    ("type_", "config", "message"),
    [
        ("aws_backup_vault", {"name": "production/backup"}, "hyphens"),
        ("aws_backup_restore_testing_plan", {"name": "production-restore-tests"}, "digits and _"),
        ("aws_backup_restore_testing_selection", {"name": "d" * 51}, "50"),
        (
            "aws_backup_vault_lock_configuration",
            {"backup_vault_name": "v", "min_retention_days": 366, "max_retention_days": 365},
            "min_retention_days 366 is above",
        ),
        ("aws_backup_plan", plan(start_window=30), "start_window"),
        ("aws_backup_plan", plan(completion_window=90), "completion_window"),
        (
            "aws_backup_plan",
            plan(lifecycle=[{"cold_storage_after": 30, "delete_after": 35}]),
            "deletes after 35 days",
        ),
        (
            "aws_backup_plan",
            plan(copy_action=[{"lifecycle": [{"cold_storage_after": 30, "delete_after": 100}]}]),
            "daily, copy",
        ),
    ],
)
def test_invalid_configurations_fail(type_: str, config: Config, message: str) -> None:
    (problem,) = check_config(type_, config)
    assert message in f"{problem.summary} {problem.detail}"


@pytest.mark.parametrize(("service", "problems"), [("backup.amazonaws.com", 0), ("ec2.amazonaws.com", 1)])
def test_a_role_must_trust_the_service(service: str, problems: int) -> None:
    planned = PlannedResources()
    arn = "arn:aws:iam::111122223333:role/backup"
    trust = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": service}}]})
    planned.add_planned(
        Resource("aws_iam_role", {"id": "backup", "arn": arn, "name": "backup", "assume_role_policy": trust})
    )
    selection = Resource("aws_backup_selection", {"name": "tagged", "iam_role_arn": arn})
    assert len([*check_service_role(selection, planned)]) == problems


@pytest.mark.parametrize(
    ("schedule", "status", "problems"),
    [("daily", "Suspended", 1), ("daily", "Enabled", 0), ("none", "Suspended", 0)],
)
def test_a_backed_up_bucket_must_be_versioned(schedule: str, status: str, problems: int) -> None:
    planned = PlannedResources()
    planned.add_planned(Resource("aws_s3_bucket", {"id": "files", "tags": {"backup": schedule}}))
    versioning = Resource(
        "aws_s3_bucket_versioning", {"bucket": "files", "versioning_configuration": [{"status": status}]}
    )
    assert len([*check_bucket_versioning(versioning, planned)]) == problems

"""Checks of AWS Backup: what its API would refuse during an apply."""

import json

import pytest

from arqctl.offline.aws.checks.backups import check_bucket_versioning, check_service_role
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource


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

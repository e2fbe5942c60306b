"""A promotion of the standby's replica, which Terraform must neither undo nor refuse."""

from contextlib import closing

import pytest

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.outside_changes import promote_replica
from arqctl.offline.aws.resource_store import ResourceStore
from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_environment

pytestmark = pytest.mark.slow

STANDBY = Account("210987654321", "eu-central-1")
REPLICA = "aws_db_instance.database"


def only_the_replica(document: Document) -> None:
    """Keep the replica as it is synthesized, with literals for what it refers to."""
    replica = document["resource"]["aws_db_instance"]["database"]
    document["resource"] = {"aws_db_instance": {"database": replica}}
    replica |= {
        "db_subnet_group_name": "isolated",
        "kms_key_id": "arn:aws:kms:eu-central-1:210987654321:key/00000000-0000-0000-0000-000000000000",
        "performance_insights_kms_key_id": (
            "arn:aws:kms:eu-central-1:210987654321:key/00000000-0000-0000-0000-000000000000"
        ),
        "monitoring_role_arn": "arn:aws:iam::210987654321:role/monitoring",
        "parameter_group_name": "postgres",
        "vpc_security_group_ids": ["sg-00000000000000000"],
        "depends_on": [],
    }
    for kind in ("data", "import", "output", "moved"):
        document.pop(kind, None)


def follow_the_source(document: Document) -> None:
    del document["resource"]["aws_db_instance"]["database"]["lifecycle"]["ignore_changes"]


def promote(stack: OfflineStack) -> bool:
    with closing(ResourceStore(stack.paths.account)) as store:
        return promote_replica(store, STANDBY, "production-standby-database", backup_days=35)


@pytest.fixture(scope="module")
def promoted(tmp_path_factory: pytest.TempPathFactory) -> OfflineStack:
    stack = prepare_environment(tmp_path_factory.mktemp("stack"), "production-standby", only_the_replica)
    stack.apply()
    assert promote(stack)
    return stack


def test_a_plan_after_a_promotion_is_empty_and_knows_it(promoted: OfflineStack) -> None:
    assert not promote(promoted)
    plan = promoted.plan_json()
    (change,) = plan["resource_changes"]
    assert change["change"]["actions"] == ["no-op"]
    assert change["change"]["before"]["replicate_source_db"] == ""


def test_without_ignored_changes_the_next_apply_fails(promoted: OfflineStack) -> None:
    before = promoted.document
    promoted.change(follow_the_source)
    try:
        (change,) = promoted.plan_json()["resource_changes"]
        applied = promoted.terraform("apply", "-input=false", "-no-color", "plan")
    finally:
        promoted.change(lambda document: document.update(before))
    assert (change["change"]["actions"], applied.returncode) == (["update"], 1)
    assert "Cannot elect new source database" in applied.stderr

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import build_network, database_config
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack, source_region: str = STACK.backup_region, *, is_promoted: bool = False) -> None:
    replica = CrossRegionReplica(
        stack,
        "database",
        subnets=build_network(stack).isolated,
        source_identifier="production-database",
        source_region=source_region,
        is_promoted=is_promoted,
        config=database_config(),
    )
    orders = Role(stack, "orders", description="Orders", trust=Trust.service("ec2.amazonaws.com"))
    replica.grant_connect(orders, user="orders", pool_size=5)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_the_source_is_in_the_other_region(synthesized: Synthesized) -> None:
    replica = synthesized.one("aws_db_instance", "database/Default")
    source = f"arn:aws:rds:{STACK.backup_region}:{STACK.account_id}:db:production-database"
    assert replica["replicate_source_db"] == source


def test_a_promotion_is_never_undone(synthesized: Synthesized) -> None:
    lifecycle = synthesized.one("aws_db_instance", "database/Default")["lifecycle"]
    assert lifecycle == {"prevent_destroy": True, "ignore_changes": ["replicate_source_db"]}


def test_it_is_complete_before_its_promotion(synthesized: Synthesized) -> None:
    replica = synthesized.one("aws_db_instance", "database/Default")
    assert replica["kms_key_id"].startswith("${aws_kms_key.database_key_")
    assert replica["backup_retention_period"] == database_config().backup_days
    assert replica["parameter_group_name"].startswith("${aws_db_parameter_group.database_parameters_")
    assert replica["db_subnet_group_name"].startswith("${aws_db_subnet_group.database_subnets_")
    assert replica["iam_database_authentication_enabled"] is True
    # RDS takes these from the source, and refuses them for a replica.
    assert replica.keys().isdisjoint({"engine_version", "username", "password_wo", "db_name"})


def test_the_only_database_has_a_final_snapshot_and_changes_at_once(synthesized: Synthesized) -> None:
    before = synthesized.one("aws_db_instance", "database/Default")
    assert (before["skip_final_snapshot"], before["apply_immediately"]) == (True, False)
    assert "final_snapshot_identifier" not in before
    promoted = synthesize(lambda stack: build(stack, is_promoted=True))
    after = promoted.one("aws_db_instance", "database/Default")
    assert (after["skip_final_snapshot"], after["apply_immediately"]) == (False, True)
    assert after["final_snapshot_identifier"].startswith("test-database-final-${aws_kms_key.")


def test_a_login_is_to_the_replica_itself(synthesized: Synthesized) -> None:
    policies = synthesized.of_type("aws_iam_role_policy")
    (policy,) = (each for path, each in policies.items() if path.startswith("orders/"))
    (statement,) = statements(policy["policy"]).values()
    (resource,) = statement["Resource"]
    assert resource.endswith("dbuser:${aws_db_instance.database.resource_id}/orders")


def test_a_source_in_the_same_region_is_refused() -> None:
    with pytest.raises(ConstructError, match="must be in another region"):
        synthesize(lambda stack: build(stack, STACK.region))

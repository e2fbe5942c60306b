import re
from pathlib import Path

import mypy.api
import pytest
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import (
    build_isolated_subnets,
    build_network,
    database_config,
    default_resource,
    resolved_arguments,
)
from tests.support import STACK, Resource, Synthesized, statements, synthesize

UNPROTECTED = STACK.model_copy(update={"protected": False})


DATABASES_IN_EACH_TIER = """
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.network.network import Network

def build(stack: Stack, network: Network, config: PostgresConfig) -> None:
    Postgres(stack, "first", subnets=network.isolated, config=config)
    Postgres(stack, "second", subnets=network.private, config=config)
    Postgres(stack, "third", subnets=network.public, config=config)
"""


class Events:
    arn = "arn:aws:sns:eu-west-1:111122223333:events"

    def __init__(self, stack: Stack) -> None:
        self.policy = SnsTopicPolicy(stack, "events-policy", arn=self.arn, policy="{}")


def database_of(synthesized: Synthesized) -> Resource:
    return default_resource(synthesized, "aws_db_instance", "database")


def build(stack: Stack, **values: object) -> Postgres:
    return Postgres(
        stack, "database", subnets=build_isolated_subnets(stack), config=database_config(**values)
    )


@pytest.fixture(scope="module")
def default_stack() -> Synthesized:
    return synthesize(build)


def test_the_database_listens_on_port_5432_with_its_security_group(default_stack: Synthesized) -> None:
    database = resolved_arguments(default_stack, "aws_db_instance", "database")
    assert (database["engine"], database["port"]) == ("postgres", 5432)
    assert database["vpc_security_group_ids"] == ["database/security-group.id"]
    assert database["db_subnet_group_name"] == "database/subnets.name"
    assert database["parameter_group_name"] == "database/parameters.name"


def test_defaults_of_an_environment(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["multi_az"] is True
    assert database["backup_retention_period"] == 35
    assert database["copy_tags_to_snapshot"] is True
    assert (database["database_insights_mode"], database["performance_insights_enabled"]) == (
        "standard",
        True,
    )
    assert database["monitoring_role_arn"].startswith("${aws_iam_role.database_monitoring_role_")


def test_standby_and_backup_days_are_configurable() -> None:
    database = database_of(synthesize(lambda stack: build(stack, multi_az=False, backup_days=1)))
    assert (database["multi_az"], database["backup_retention_period"]) == (False, 1)


@pytest.mark.slow
def test_mypy_accepts_only_isolated_subnets(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(DATABASES_IN_EACH_TIER)
    report, _, _ = mypy.api.run([str(snippet)])
    errors = [line.partition("error: ")[2] for line in report.splitlines() if "error: " in line]
    assert errors == [
        f'Argument "subnets" to "Postgres" has incompatible type "{tier}"; '
        'expected "IsolatedSubnets"  [arg-type]'
        for tier in ("PrivateSubnets", "PublicSubnets")
    ], report


@given(
    values=st.fixed_dictionaries(
        {
            "multi_az": st.booleans(),
            "proxy": st.booleans(),
            "replicate_backups": st.booleans(),
            "read_replicas": st.dictionaries(st.sampled_from(["a", "b"]), st.just({})),
            "database_insights": st.sampled_from(["standard", "advanced"]),
            "backup_days": st.integers(1, 35),
        }
    ),
    protected=st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_no_configuration_disables_encryption_or_private_access(
    values: dict[str, object], protected: bool
) -> None:
    synthesized = synthesize(
        lambda stack: build(stack, **values), config=STACK.model_copy(update={"protected": protected})
    )
    for instance in synthesized.of_type("aws_db_instance").values():
        assert instance["storage_encrypted"] is True
        assert instance["publicly_accessible"] is False
        assert instance["iam_database_authentication_enabled"] is True
        assert instance["performance_insights_kms_key_id"].startswith("${aws_kms_key.database_key_")
        assert instance["backup_retention_period"] >= 1
        assert "password" not in instance
    for proxy in synthesized.of_type("aws_db_proxy").values():
        assert proxy["require_tls"] is True
    assert all(
        rule.get("cidr_ipv4") is None
        for rule in synthesized.of_type("aws_vpc_security_group_ingress_rule").values()
    )


@pytest.mark.parametrize("tier", ["public", "private"])
def test_other_subnets_are_rejected_at_run_time(tier: str) -> None:
    def build_misplaced(stack: Stack) -> None:
        Postgres(stack, "database", subnets=getattr(build_network(stack), tier), config=database_config())

    with pytest.raises(ConstructError, match=r"test/database: .*IsolatedSubnets.*network\.isolated"):
        synthesize(build_misplaced)


def test_one_zone_is_rejected() -> None:
    def build_in_one_zone(stack: Stack) -> None:
        subnets = IsolatedSubnets.from_ids(
            vpc_id="vpc-0123456789abcdef0",
            vpc_cidr="10.0.0.0/16",
            subnet_ids={"euw1-az1": "subnet-0123456789abcdef0"},
        )
        Postgres(stack, "database", subnets=subnets, config=database_config())

    with pytest.raises(ConstructError, match="at least 2 zones, got 1"):
        synthesize(build_in_one_zone)


@pytest.mark.parametrize(("id", "replicas"), [("d" * 63, {}), ("database", {"r" * 40: {}, "s" * 40: {}})])
def test_a_name_too_long_for_rds_is_rejected(id: str, replicas: dict[str, object]) -> None:
    staging = STACK.model_copy(update={"environment": "staging-of-the-platform"})

    def build_long_name(stack: Stack) -> None:
        Postgres(
            stack, id, subnets=build_isolated_subnets(stack), config=database_config(read_replicas=replicas)
        )

    with pytest.raises(ConstructError, match=r"at most 63 characters.*shorter construct id"):
        synthesize(build_long_name, config=staging)


def test_the_database_is_private_and_isolated(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["publicly_accessible"] is False
    subnets = default_stack.one("aws_db_subnet_group")["subnet_ids"]
    assert len(subnets) == 2
    assert all("_isolated_" in subnet for subnet in subnets)
    assert default_stack.of_type("aws_vpc_security_group_ingress_rule") == {}


def test_data_statistics_and_logs_use_the_database_key(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    [key] = {
        database["kms_key_id"],
        database["performance_insights_kms_key_id"],
        *(
            group["kms_key_id"]
            for path, group in default_stack.of_type("aws_cloudwatch_log_group").items()
            if path.startswith("database/")
        ),
    }
    assert key.startswith("${aws_kms_key.database_key_")
    assert database["storage_encrypted"] is True


@pytest.mark.parametrize("replicas", [{}, {"reporting": {}}])
def test_the_master_password_is_random_and_stored_nowhere(replicas: dict[str, object]) -> None:
    database = database_of(synthesize(lambda stack: build(stack, read_replicas=replicas)))
    assert database["password_wo"] == "${uuid()}"  # noqa: S105  # an expression, not a password
    assert database["lifecycle"]["ignore_changes"] == ["password_wo_version"], "an import keeps the login"
    assert database["iam_database_authentication_enabled"] is True
    assert not {"password", "manage_master_user_password"} & database.keys()


def test_parameters_require_tls_and_log_slow_statements_and_schema_changes(
    default_stack: Synthesized,
) -> None:
    group = default_stack.one("aws_db_parameter_group")
    parameters = {parameter["name"]: parameter["value"] for parameter in group["parameter"]}
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["log_statement"] == "ddl"
    assert parameters["log_min_duration_statement"] == "1000"


def test_a_new_major_version_creates_a_new_parameter_group_first(default_stack: Synthesized) -> None:
    older = synthesize(lambda stack: build(stack, version="17")).one("aws_db_parameter_group")
    newer = default_stack.one("aws_db_parameter_group")
    assert (older["family"], newer["family"]) == ("postgres17", "postgres18")
    assert older["name_prefix"] != newer["name_prefix"]
    assert newer["lifecycle"] == {"create_before_destroy": True}


def test_minor_upgrades_are_automatic_and_major_upgrades_explicit(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["engine_version"] == "18"
    assert database["auto_minor_version_upgrade"] is True
    assert database["allow_major_version_upgrade"] is False
    assert database["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"
    upgraded = synthesize(lambda stack: build(stack, allow_major_upgrade=True))
    assert database_of(upgraded)["allow_major_version_upgrade"] is True


def test_only_a_major_upgrade_applies_immediately(default_stack: Synthesized) -> None:
    assert database_of(default_stack)["apply_immediately"] is False
    upgraded = synthesize(lambda stack: build(stack, allow_major_upgrade=True))
    assert database_of(upgraded)["apply_immediately"] is True


def test_a_major_upgrade_needs_a_deployment_without_replicas() -> None:
    with pytest.raises(
        ConfigError, match=r"without read replicas, got reporting: .*read_replicas=\{\} first"
    ):
        database_config(allow_major_upgrade=True, read_replicas={"reporting": {}})


def test_storage_autoscaling(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["storage_type"] == "gp3"
    assert (database["allocated_storage"], database["max_allocated_storage"]) == (100, 400)
    with pytest.raises(ConfigError, match="max_storage_gib 110 must be at least 26 % above storage_gib 100"):
        database_config(max_storage_gib=110)


@pytest.mark.parametrize("days", [0, 36])
def test_backup_days_are_1_to_35(days: int) -> None:
    with pytest.raises(ConfigError, match="backup_days"):
        database_config(backup_days=days)


def test_a_protected_database_can_not_be_destroyed(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["deletion_protection"] is True
    assert database["lifecycle"]["prevent_destroy"] is True
    assert database["delete_automated_backups"] is False
    assert database["skip_final_snapshot"] is False


def test_an_unprotected_database_can_be_destroyed() -> None:
    database = database_of(synthesize(build, config=UNPROTECTED))
    assert database["deletion_protection"] is False
    assert database["skip_final_snapshot"] is True
    assert "prevent_destroy" not in database["lifecycle"]
    assert "final_snapshot_identifier" not in database


def test_the_final_snapshot_name_contains_its_key(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    key = database["kms_key_id"].removesuffix(".arn}")
    assert database["final_snapshot_identifier"] == f"test-database-final-{key}.key_id}}"


def test_backups_are_copied_to_the_backup_region_with_a_key_there(default_stack: Synthesized) -> None:
    copy = default_stack.one("aws_db_instance_automated_backups_replication")
    key = default_resource(default_stack, "aws_kms_key", "database/backup-copy/key")
    assert copy["provider"] == key["provider"] == "aws.eu-central-1"
    assert copy["kms_key_id"].startswith("${aws_kms_key.database_backup-copy_key_")
    assert key["lifecycle"] == {"prevent_destroy": True}
    assert copy["retention_period"] == database_of(default_stack)["backup_retention_period"]


def test_the_backup_replication_can_be_replaced(default_stack: Synthesized) -> None:
    # A changed retention replaces the replication. Existing copies stay, so a replacement is safe.
    assert "lifecycle" not in default_stack.one("aws_db_instance_automated_backups_replication")


def test_a_backup_copy_needs_another_region() -> None:
    same = STACK.model_copy(update={"backup_region": STACK.region})
    with pytest.raises(
        ConstructError, match="backup_region must differ from the stack's region, got eu-west-1"
    ):
        synthesize(build, config=same)
    synthesized = synthesize(lambda stack: build(stack, replicate_backups=False), config=same)
    assert synthesized.of_type("aws_db_instance_automated_backups_replication") == {}


def test_the_database_depends_on_its_log_groups(default_stack: Synthesized) -> None:
    groups = default_stack.of_type("aws_cloudwatch_log_group")
    for export in database_of(default_stack)["enabled_cloudwatch_logs_exports"]:
        group = groups[f"database/logs/{export}/Default"]
        assert group["name"] == f"/aws/rds/instance/test-database/{export}"
        assert group["retention_in_days"] == 365
    assert len(database_of(default_stack)["depends_on"]) == 2


def test_enhanced_monitoring_and_performance_insights(default_stack: Synthesized) -> None:
    database = database_of(default_stack)
    assert database["monitoring_interval"] == 60
    assert database["performance_insights_retention_period"] == 7
    trust = statements(
        default_resource(default_stack, "aws_iam_role", "database/monitoring/role")["assume_role_policy"]
    )["Trust"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    advanced = database_of(synthesize(lambda stack: build(stack, database_insights="advanced")))
    assert advanced["performance_insights_retention_period"] == 465


def test_events_of_the_database_and_its_replicas_go_to_the_topic() -> None:
    synthesized = synthesize(
        lambda stack: build(stack, read_replicas={"reporting": {}}).notify(Events(stack))
    )
    events = synthesized.one("aws_db_event_subscription")
    assert events["sns_topic"] == Events.arn
    assert events["depends_on"] == ["aws_sns_topic_policy.events-policy"]
    assert events["source_type"] == "db-instance"
    assert len(events["source_ids"]) == 2
    assert {"failover", "low storage", "deletion"} <= set(events["event_categories"])


def test_a_second_topic_is_rejected() -> None:
    def build_twice(stack: Stack) -> None:
        database = build(stack)
        events = Events(stack)
        database.notify(events)
        database.notify(events)

    with pytest.raises(ConstructError, match="already sends its events to a topic"):
        synthesize(build_twice)


def test_a_grant_is_limited_to_one_user_and_database() -> None:
    def build_grant(stack: Stack) -> None:
        role = Role(stack, "orders", description="Runs", trust=Trust.service("ec2.amazonaws.com"))
        build(stack).grant_connect(role, user="orders")

    document = synthesize(build_grant).one("aws_iam_role_policy", "orders/connect-database-as-orders")[
        "policy"
    ]
    [statement] = statements(document).values()
    assert statement["Action"] == ["rds-db:connect"]
    assert statement["Resource"] == [
        "arn:aws:rds-db:eu-west-1:111122223333:dbuser:${aws_db_instance.database.resource_id}/orders"
    ]


@pytest.mark.parametrize("user", ["*", "orders/*", "Orders", "", "orders-api"])
def test_invalid_user_names_are_rejected(user: str) -> None:
    def build_grant(stack: Stack) -> None:
        role = Role(stack, "orders", description="Runs", trust=Trust.service("ec2.amazonaws.com"))
        build(stack).grant_connect(role, user=user)

    with pytest.raises(ConstructError, match="must be a plain PostgreSQL name"):
        synthesize(build_grant)


def test_connections_use_port_5432() -> None:
    def build_connection(stack: Stack) -> None:
        network = build_network(stack)
        database = Postgres(stack, "database", subnets=network.isolated, config=database_config())
        client = SecurityGroup(stack, "client", network=network, description="Client")
        client.connections.allow_to(database, why="It keeps its ledger there")

    rule = synthesize(build_connection).one("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (5432, 5432, "tcp")
    assert rule["security_group_id"].startswith("${aws_security_group.database_security-group_")


def test_alarm_thresholds_follow_class_and_storage() -> None:
    created: list[Postgres] = []
    synthesize(lambda stack: created.append(build(stack)))
    alarms = {alarm.name: alarm for alarm in created[0].alarms}
    assert {"cpu", "memory", "storage", "connections", "disk-queue", "transaction-ids"} == set(alarms)
    # RDS adds storage at 10 % free space: that is no alarm.
    assert alarms["storage"].threshold < 10 * 1024**3
    assert alarms["storage"].threshold >= 1024**3
    assert alarms["memory"].threshold == pytest.approx(16 * 1024**3 / 20)
    assert alarms["connections"].threshold == pytest.approx(1802 * 0.8)
    assert {name: alarm.comparison for name, alarm in alarms.items()} == {
        "cpu": Comparison.ABOVE,
        "memory": Comparison.BELOW,
        "connections": Comparison.ABOVE,
        "storage": Comparison.BELOW,
        "disk-queue": Comparison.ABOVE,
        "transaction-ids": Comparison.ABOVE,
    }
    for alarm in alarms.values():
        assert re.fullmatch(r"\$\{TfToken\[TOKEN\.\d+\]\}", alarm.dimensions["DBInstanceIdentifier"])
        assert alarm.period_seconds * alarm.evaluations <= REACTION_SECONDS


def test_the_storage_alarm_follows_the_present_storage() -> None:
    created: list[Postgres] = []
    synthesize(lambda stack: created.append(build(stack)))
    [storage] = [alarm for alarm in created[0].alarms if alarm.name == "storage"]
    assert storage.threshold_ref == f"aws_db_instance.database.allocated_storage * {1024**3 / 20}"

from typing import get_type_hints

import pytest
from cdktf import TerraformOutput
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.core.alarm import REACTION_SECONDS
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.databases import database_config, described, isolated, network, primary
from tests.support import STACK, Resource, Synthesized, statements, synthesize

UNPROTECTED = STACK.model_copy(update={"protected": False})


class Events:
    arn = "arn:aws:sns:eu-west-1:111122223333:events"


def database_of(synthesized: Synthesized) -> Resource:
    return primary(synthesized, "aws_db_instance", "database")


def build(stack: Stack, **values: object) -> Postgres:
    return Postgres(stack, "database", subnets=isolated(stack), config=database_config(**values))


@pytest.fixture(scope="module")
def plain() -> Synthesized:
    return synthesize(build)


def test_a_database_alone_in_a_stack_is_what_was_asked_for(plain: Synthesized) -> None:
    assert described(plain, "aws_db_instance", "database") == {
        "identifier": "test-database",
        "engine": "postgres",
        "engine_version": "18",
        "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
        "auto_minor_version_upgrade": True,
        "allow_major_version_upgrade": False,
        "apply_immediately": False,
        "instance_class": "db.r7g.large",
        "multi_az": True,
        "allocated_storage": 100,
        "max_allocated_storage": 400,
        "storage_type": "gp3",
        "storage_encrypted": True,
        "kms_key_id": "database/key.arn",
        "db_name": "app",
        "username": "dba",
        "manage_master_user_password": True,
        "master_user_secret_kms_key_id": "database/key.key_id",
        "iam_database_authentication_enabled": True,
        "parameter_group_name": "database/parameters.name",
        "db_subnet_group_name": "database/subnets.name",
        "vpc_security_group_ids": ["database/security-group.id"],
        "port": 5432,
        "publicly_accessible": False,
        "network_type": "IPV4",
        "ca_cert_identifier": "rds-ca-rsa2048-g1",
        "backup_retention_period": 35,
        "backup_window": "02:00-03:00",
        "maintenance_window": "sun:03:30-sun:04:30",
        "delete_automated_backups": False,
        "copy_tags_to_snapshot": True,
        "deletion_protection": True,
        "skip_final_snapshot": False,
        "final_snapshot_identifier": "test-database-final-database/key.key_id",
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": "database/key.arn",
        "performance_insights_retention_period": 7,
        "database_insights_mode": "standard",
        "monitoring_interval": 60,
        "monitoring_role_arn": "database/monitoring/role.arn",
        "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
        "lifecycle": {"prevent_destroy": True},
        "depends_on": ["database/logs/postgresql", "database/logs/upgrade"],
    }


def test_an_environment_may_give_up_the_standby_and_days_of_backups() -> None:
    database = database_of(synthesize(lambda stack: build(stack, multi_az=False, backup_days=1)))
    assert (database["multi_az"], database["backup_retention_period"]) == (False, 1)


def test_only_isolated_subnets_type_check() -> None:
    taken = get_type_hints(Postgres.__init__)["subnets"]
    assert taken is IsolatedSubnets
    assert not issubclass(PublicSubnets, taken)
    assert not issubclass(PrivateSubnets, taken)


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
def test_no_value_makes_a_database_less_private(values: dict[str, object], protected: bool) -> None:
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
def test_a_database_outside_the_isolated_subnets_is_refused(tier: str) -> None:
    def misplaced(stack: Stack) -> None:
        Postgres(stack, "database", subnets=getattr(network(stack), tier), config=database_config())

    with pytest.raises(ConstructError, match=r"test/database: .*isolated subnets only.*network\.isolated"):
        synthesize(misplaced)


def test_one_zone_is_refused() -> None:
    def in_one_zone(stack: Stack) -> None:
        subnets: IsolatedSubnets = isolated(stack)
        subnets.subnet_ids = subnets.subnet_ids[:1]
        Postgres(stack, "database", subnets=subnets, config=database_config())

    with pytest.raises(ConstructError, match="2 zones or more, got 1"):
        synthesize(in_one_zone)


@pytest.mark.parametrize(("id", "replicas"), [("d" * 63, {}), ("database", {"r" * 40: {}, "s" * 40: {}})])
def test_a_name_that_rds_would_refuse_is_refused(id: str, replicas: dict[str, object]) -> None:
    staging = STACK.model_copy(update={"environment": "staging-of-the-platform"})

    def long_name(stack: Stack) -> None:
        Postgres(stack, id, subnets=isolated(stack), config=database_config(read_replicas=replicas))

    with pytest.raises(ConstructError, match=r"a name of 63 characters.*shorter id"):
        synthesize(long_name, config=staging)


def test_it_is_where_nothing_from_outside_reaches(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["publicly_accessible"] is False
    subnets = plain.one("aws_db_subnet_group")["subnet_ids"]
    assert len(subnets) == 2
    assert all("_isolated_" in subnet for subnet in subnets)
    assert plain.of_type("aws_vpc_security_group_ingress_rule") == {}


def test_data_secret_and_statistics_are_encrypted_with_the_databases_own_key(plain: Synthesized) -> None:
    database = database_of(plain)
    [key] = {
        database["kms_key_id"],
        database["performance_insights_kms_key_id"],
        database["master_user_secret_kms_key_id"].replace("key_id}", "arn}"),
        *(
            group["kms_key_id"]
            for path, group in plain.of_type("aws_cloudwatch_log_group").items()
            if path.startswith("database/")
        ),
    }
    assert key.startswith("${aws_kms_key.database_key_")
    assert database["storage_encrypted"] is True


def test_no_password_is_written_anywhere(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["manage_master_user_password"] is True
    assert database["iam_database_authentication_enabled"] is True
    assert not {"password", "password_wo"} & database.keys()


def test_beside_replicas_rds_manages_no_password_so_nobody_knows_it() -> None:
    made: list[Postgres] = []
    synthesized = synthesize(lambda stack: made.append(build(stack, read_replicas={"reporting": {}})))
    database = database_of(synthesized)
    assert "manage_master_user_password" not in database
    assert database["password_wo"] == "${uuid()}"  # noqa: S105  # an expression, not a password
    assert made[0].master_secret_arn is None


def test_its_own_secret_is_found() -> None:
    def reading(stack: Stack) -> None:
        TerraformOutput(stack, "secret", value=build(stack).master_secret_arn)

    value = synthesize(reading).json["output"]["secret"]["value"]
    assert value == "${aws_db_instance.database.master_user_secret[0].secret_arn}"


def test_only_tls_and_slow_statements_and_schema_changes_are_logged(plain: Synthesized) -> None:
    group = plain.one("aws_db_parameter_group")
    parameters = {parameter["name"]: parameter["value"] for parameter in group["parameter"]}
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["log_statement"] == "ddl"
    assert parameters["log_min_duration_statement"] == "1000"


def test_a_new_major_version_gets_a_new_parameter_group_before_the_old_one_goes(plain: Synthesized) -> None:
    older = synthesize(lambda stack: build(stack, version="17")).one("aws_db_parameter_group")
    newer = plain.one("aws_db_parameter_group")
    assert (older["family"], newer["family"]) == ("postgres17", "postgres18")
    assert older["name_prefix"] != newer["name_prefix"]
    assert newer["lifecycle"] == {"create_before_destroy": True}


def test_minor_versions_come_by_themselves_and_major_ones_only_when_asked(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["engine_version"] == "18"
    assert database["auto_minor_version_upgrade"] is True
    assert database["allow_major_version_upgrade"] is False
    assert database["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"
    upgraded = synthesize(lambda stack: build(stack, allow_major_upgrade=True))
    assert database_of(upgraded)["allow_major_version_upgrade"] is True


def test_changes_wait_for_the_maintenance_window_but_a_major_upgrade_does_not(plain: Synthesized) -> None:
    assert database_of(plain)["apply_immediately"] is False
    upgraded = synthesize(lambda stack: build(stack, allow_major_upgrade=True))
    assert database_of(upgraded)["apply_immediately"] is True


def test_storage_grows_by_itself(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["storage_type"] == "gp3"
    assert (database["allocated_storage"], database["max_allocated_storage"]) == (100, 400)
    with pytest.raises(ConfigError, match="max_storage_gib 110 must be at least 26 % above storage_gib 100"):
        database_config(max_storage_gib=110)


@pytest.mark.parametrize("days", [0, 36])
def test_point_in_time_recovery_reaches_back_1_to_35_days(days: int) -> None:
    with pytest.raises(ConfigError, match="backup_days"):
        database_config(backup_days=days)


def test_a_protected_database_outlives_every_mistake(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["deletion_protection"] is True
    assert database["lifecycle"] == {"prevent_destroy": True}
    assert database["delete_automated_backups"] is False
    assert database["skip_final_snapshot"] is False


def test_an_unprotected_one_can_be_thrown_away() -> None:
    database = database_of(synthesize(build, config=UNPROTECTED))
    assert database["deletion_protection"] is False
    assert database["skip_final_snapshot"] is True
    assert not {"lifecycle", "final_snapshot_identifier"} & database.keys()


def test_the_final_snapshot_has_the_name_of_the_key_that_opens_it(plain: Synthesized) -> None:
    database = database_of(plain)
    key = database["kms_key_id"].removesuffix(".arn}")
    assert database["final_snapshot_identifier"] == f"test-database-final-{key}.key_id}}"


def test_backups_are_copied_to_the_backup_region_under_a_key_there(plain: Synthesized) -> None:
    copy = plain.one("aws_db_instance_automated_backups_replication")
    key = primary(plain, "aws_kms_key", "database/backup-copy/key")
    assert copy["provider"] == key["provider"] == "aws.eu-central-1"
    assert copy["kms_key_id"].startswith("${aws_kms_key.database_backup-copy_key_")
    assert key["lifecycle"] == {"prevent_destroy": True}
    assert copy["retention_period"] == database_of(plain)["backup_retention_period"]


def test_the_days_that_copies_are_kept_can_be_changed(plain: Synthesized) -> None:
    # Terraform replaces the copying for it. What was copied stays, so nothing has to prevent that.
    assert "lifecycle" not in plain.one("aws_db_instance_automated_backups_replication")


def test_a_copy_in_the_same_region_is_no_copy() -> None:
    same = STACK.model_copy(update={"backup_region": STACK.region})
    with pytest.raises(ConstructError, match="backup_region is the same, eu-west-1"):
        synthesize(build, config=same)
    synthesized = synthesize(lambda stack: build(stack, replicate_backups=False), config=same)
    assert synthesized.of_type("aws_db_instance_automated_backups_replication") == {}


def test_logs_are_made_before_rds_would_make_them(plain: Synthesized) -> None:
    groups = plain.of_type("aws_cloudwatch_log_group")
    for export in database_of(plain)["enabled_cloudwatch_logs_exports"]:
        group = groups[f"database/logs/{export}/Default"]
        assert group["name"] == f"/aws/rds/instance/test-database/{export}"
        assert group["retention_in_days"] == 365
    assert len(database_of(plain)["depends_on"]) == 2


def test_the_operating_system_and_the_queries_are_observed(plain: Synthesized) -> None:
    database = database_of(plain)
    assert database["monitoring_interval"] == 60
    assert database["performance_insights_retention_period"] == 7
    trust = statements(primary(plain, "aws_iam_role", "database/monitoring/role")["assume_role_policy"])[
        "Trust"
    ]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    advanced = database_of(synthesize(lambda stack: build(stack, database_insights="advanced")))
    assert advanced["performance_insights_retention_period"] == 465


def test_events_go_to_the_topic_for_the_database_and_its_replicas() -> None:
    synthesized = synthesize(lambda stack: build(stack, read_replicas={"reporting": {}}).notify(Events()))
    events = synthesized.one("aws_db_event_subscription")
    assert events["sns_topic"] == Events.arn
    assert events["source_type"] == "db-instance"
    assert len(events["source_ids"]) == 2
    assert {"failover", "low storage", "deletion"} <= set(events["event_categories"])


def test_a_second_topic_is_refused() -> None:
    def twice(stack: Stack) -> None:
        database = build(stack)
        database.notify(Events())
        database.notify(Events())

    with pytest.raises(ConstructError, match="a topic already"):
        synthesize(twice)


def test_a_grantee_may_log_in_as_that_user_to_that_database_only() -> None:
    def granting(stack: Stack) -> None:
        role = Role(stack, "orders", purpose="Runs", trust=Trust.service("ec2.amazonaws.com"))
        build(stack).grant_connect(role, user="orders")

    document = synthesize(granting).one("aws_iam_role_policy", "orders/connect-database-as-orders")["policy"]
    [statement] = statements(document).values()
    assert statement["Action"] == ["rds-db:connect"]
    assert statement["Resource"] == [
        "arn:aws:rds-db:eu-west-1:111122223333:dbuser:${aws_db_instance.database.resource_id}/orders"
    ]


@pytest.mark.parametrize("user", ["*", "orders/*", "Orders", "", "orders-api"])
def test_a_user_can_not_be_a_pattern(user: str) -> None:
    def granting(stack: Stack) -> None:
        role = Role(stack, "orders", purpose="Runs", trust=Trust.service("ec2.amazonaws.com"))
        build(stack).grant_connect(role, user=user)

    with pytest.raises(ConstructError, match="must be a plain name in PostgreSQL"):
        synthesize(granting)


def test_a_client_reaches_the_database_on_its_port() -> None:
    def connecting(stack: Stack) -> None:
        net = network(stack)
        database = Postgres(stack, "database", subnets=net.isolated, config=database_config())
        client = SecurityGroup(stack, "client", network=net, purpose="Client")
        client.connections.allow_to(database, why="It keeps its ledger there")

    rule = synthesize(connecting).one("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"]) == (5432, 5432)
    assert rule["security_group_id"].startswith("${aws_security_group.database_security-group_")


def test_alarms_follow_the_class_and_the_storage() -> None:
    made: list[Postgres] = []
    synthesize(lambda stack: made.append(build(stack)))
    alarms = {alarm.name: alarm for alarm in made[0].alarms}
    assert {"cpu", "memory", "storage", "connections", "disk-queue", "transaction-ids"} == set(alarms)
    # RDS adds storage when a tenth is left: nobody is woken for that.
    assert alarms["storage"].threshold < 10 * 1024**3
    assert alarms["storage"].threshold >= 1024**3
    assert alarms["memory"].threshold == pytest.approx(16 * 1024**3 / 20)
    assert alarms["connections"].threshold == pytest.approx(1802 * 0.8)
    for alarm in alarms.values():
        assert alarm.dimensions == {"DBInstanceIdentifier": "test-database"}
        assert alarm.period_seconds * alarm.evaluations <= REACTION_SECONDS

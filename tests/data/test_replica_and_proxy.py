import json

import pytest
from cdktf import TerraformOutput

from constructs_arq.core.alarm import Comparison, MissingData
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import build_network, database_config, default_resource, resolved_arguments
from tests.support import Synthesized, statements, synthesize

created: dict[str, Postgres] = {}


def build(stack: Stack) -> None:
    network = build_network(stack)
    config = database_config(
        read_replicas={"reporting": {"instance_class": "db.m7g.xlarge"}, "search": {"multi_az": True}},
        proxy=True,
    )
    database = created["database"] = Postgres(stack, "database", subnets=network.isolated, config=config)
    orders = Role(stack, "orders", description="Orders", trust=Trust.service("ec2.amazonaws.com"))
    admin = Role(stack, "admin", description="Admin", trust=Trust.service("ec2.amazonaws.com"))
    database.grant_connect(orders, user="orders")
    database.grant_connect(admin, user="orders")
    database.replicas["reporting"].grant_connect(orders, user="reports", reads=["orders"])
    client = SecurityGroup(stack, "client", network=network, description="Client")
    client.connections.allow_to(database, why="It writes")
    client.connections.allow_to(database.replicas["reporting"], why="It reads")
    migrations = SecurityGroup(stack, "migrations", network=network, description="Migrations")
    migrations.connections.allow_to(database.admin_endpoint, why="It changes the schema")
    database.grant_migrations(admin)
    TerraformOutput(stack, "users", value=database.users_json)
    TerraformOutput(stack, "endpoint", value=database.endpoint)
    TerraformOutput(stack, "reader", value=database.replicas["reporting"].endpoint)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def allowed_connections(synthesized: Synthesized) -> set[tuple[str, str]]:
    """Return the allowed connections as (client path, server path)."""
    groups = {
        f"${{aws_security_group.{name}.id}}": group["//"]["metadata"]["path"].split("/", 1)[1]
        for name, group in synthesized.json["resource"]["aws_security_group"].items()
    }
    return {
        (
            groups[rule["referenced_security_group_id"]]
            .removesuffix("/Default")
            .removesuffix("/security-group"),
            groups[rule["security_group_id"]].removesuffix("/Default").removesuffix("/security-group"),
        )
        for rule in synthesized.of_type("aws_vpc_security_group_ingress_rule").values()
    }


def test_clients_connect_to_the_proxy_and_administration_to_the_instance(
    synthesized: Synthesized,
) -> None:
    assert allowed_connections(synthesized) == {
        ("client", "database/proxy"),
        ("database/proxy", "database"),
        ("client", "database/replicas/reporting"),
        ("migrations", "database"),
    }


def test_the_endpoint_belongs_to_the_proxy(synthesized: Synthesized) -> None:
    outputs = synthesized.json["output"]
    assert outputs["endpoint"]["value"] == f"${{aws_db_proxy.{proxy_name(synthesized)}.endpoint}}"
    assert outputs["reader"]["value"].startswith("${aws_db_instance.database_replicas_reporting_")


def test_the_migrator_gets_the_instance_and_the_users_that_grants_name(synthesized: Synthesized) -> None:
    assert json.loads(synthesized.json["output"]["users"]["value"]) == {
        "host": "${aws_db_instance.database.address}",
        "port": 5432,
        "region": "eu-west-1",
        "database": "app",
        "master_user": "dba",
        "users": [
            {"name": "orders", "has_schema": True, "reads": [], "writes": [], "reads_all": False},
            {"name": "reports", "has_schema": False, "reads": ["orders"], "writes": [], "reads_all": False},
        ],
    }


def test_access_to_a_schema_without_an_owner_is_rejected() -> None:
    def build_grant(stack: Stack) -> None:
        database = Postgres(
            stack, "database", subnets=build_network(stack).isolated, config=database_config()
        )
        role = Role(stack, "jobs", description="Jobs", trust=Trust.service("ec2.amazonaws.com"))
        database.grant_connect(role, user="jobs", writes=["ledger"])

    with pytest.raises(Exception, match=r"user jobs has access to the schema ledger, which no user owns"):
        synthesize(build_grant)


def test_the_master_user_is_for_migrations_only() -> None:
    def build_grant(stack: Stack) -> None:
        database = Postgres(
            stack, "database", subnets=build_network(stack).isolated, config=database_config()
        )
        role = Role(stack, "jobs", description="Jobs", trust=Trust.service("ec2.amazonaws.com"))
        database.grant_connect(role, user="dba")

    with pytest.raises(ConstructError, match=r"dba is the master user.*grant_migrations"):
        synthesize(build_grant)


def test_the_proxy_requires_tls_and_iam_without_secrets(synthesized: Synthesized) -> None:
    proxy = resolved_arguments(synthesized, "aws_db_proxy", "database/proxy")
    assert proxy == {
        "name": "test-database",
        "engine_family": "POSTGRESQL",
        "require_tls": True,
        "default_auth_scheme": "IAM_AUTH",
        "role_arn": "database/proxy/role.arn",
        "vpc_subnet_ids": [f"network/isolated/euw1-az{zone}.id" for zone in (1, 2)],
        "vpc_security_group_ids": ["database/proxy/security-group.id"],
        "depends_on": ["database/proxy/logs"],
    }
    log = default_resource(synthesized, "aws_cloudwatch_log_group", "database/proxy/logs")
    assert log["name"] == f"/aws/rds/proxy/{proxy['name']}"
    assert "kms_key_id" in log


def test_the_proxy_targets_the_database_and_leaves_connections_for_administrators(
    synthesized: Synthesized,
) -> None:
    target = synthesized.one("aws_db_proxy_target")
    targets = synthesized.one("aws_db_proxy_default_target_group")
    assert target["db_instance_identifier"] == "${aws_db_instance.database.identifier}"
    assert (
        target["db_proxy_name"]
        == targets["db_proxy_name"]
        == f"${{aws_db_proxy.{proxy_name(synthesized)}.name}}"
    )
    assert target["target_group_name"].startswith(
        "${aws_db_proxy_default_target_group.database_proxy_targets_"
    )
    assert targets["connection_pool_config"]["max_connections_percent"] < 100


def test_grantees_log_in_to_the_proxy_and_the_proxy_logs_in_to_the_database(synthesized: Synthesized) -> None:
    def resource(path: str) -> str:
        [statement] = statements(synthesized.one("aws_iam_role_policy", path)["policy"]).values()
        [arn] = statement["Resource"]
        return str(arn)

    prefix = "arn:aws:rds-db:eu-west-1:111122223333:dbuser:"
    [(name, terraform_data)] = synthesized.json["resource"]["terraform_data"].items()
    assert terraform_data["input"] == {
        "id": f'${{element(split(":", aws_db_proxy.{proxy_name(synthesized)}.arn), 6)}}'
    }
    assert (
        resource("orders/connect-database-as-orders")
        == f"{prefix}${{terraform_data.{name}.output.id}}/orders"
    )
    assert (
        resource("admin/connect-database-instance-as-dba")
        == f"{prefix}${{aws_db_instance.database.resource_id}}/dba"
    )
    assert (
        resource("database/proxy/role/connect-as-orders")
        == f"{prefix}${{aws_db_instance.database.resource_id}}/orders"
    )


def proxy_name(synthesized: Synthesized) -> str:
    [name] = synthesized.json["resource"]["aws_db_proxy"]
    return str(name)


def test_replicas_inherit_the_arguments_of_their_source(synthesized: Synthesized) -> None:
    source = resolved_arguments(synthesized, "aws_db_instance", "database")
    shared = {
        "auto_minor_version_upgrade",
        "backup_retention_period",
        "backup_window",
        "ca_cert_identifier",
        "copy_tags_to_snapshot",
        "delete_automated_backups",
        "deletion_protection",
        "enabled_cloudwatch_logs_exports",
        "iam_database_authentication_enabled",
        "maintenance_window",
        "max_allocated_storage",
        "monitoring_interval",
        "monitoring_role_arn",
        "network_type",
        "parameter_group_name",
        "performance_insights_enabled",
        "performance_insights_kms_key_id",
        "performance_insights_retention_period",
        "publicly_accessible",
        "storage_encrypted",
        "storage_type",
    }
    after = "database/proxy/target"
    for name, (instance_class, multi_az) in {
        "reporting": ("db.m7g.xlarge", False),
        "search": ("db.r7g.large", True),
    }.items():
        path = f"database/replicas/{name}"
        assert resolved_arguments(synthesized, "aws_db_instance", path) == {
            **{argument: source[argument] for argument in shared},
            "identifier": f"test-database-{name}",
            "replicate_source_db": "database.identifier",
            "instance_class": instance_class,
            "multi_az": multi_az,
            "vpc_security_group_ids": [f"{path}/security-group.id"],
            "skip_final_snapshot": True,
            "lifecycle": {"prevent_destroy": True},
            "depends_on": [f"{path}/logs/postgresql", f"{path}/logs/upgrade", after],
        }
        after = path


def test_replicas_have_the_standard_insights_mode() -> None:
    def build_advanced(stack: Stack) -> None:
        config = database_config(read_replicas={"search": {}}, database_insights="advanced")
        Postgres(stack, "database", subnets=build_network(stack).isolated, config=config)

    replica = default_resource(synthesize(build_advanced), "aws_db_instance", "database/replicas/search")
    assert "database_insights_mode" not in replica
    assert replica["performance_insights_retention_period"] == 7


def test_the_backup_copy_is_created_after_the_target_and_all_replicas(synthesized: Synthesized) -> None:
    copy = resolved_arguments(
        synthesized, "aws_db_instance_automated_backups_replication", "database/backup-copy"
    )
    assert copy["depends_on"] == ["database/proxy/target", "database/replicas/search"]


def test_adding_or_removing_a_replica_keeps_the_other_addresses(synthesized: Synthesized) -> None:
    def build_fewer_replicas(stack: Stack) -> None:
        config = database_config(read_replicas={"search": {}}, proxy=True)
        Postgres(stack, "database", subnets=build_network(stack).isolated, config=config)

    replica = {a for a in synthesize(build_fewer_replicas).addresses if a.startswith("aws_db_instance.")}
    assert replica < synthesized.addresses


def test_replicas_and_the_proxy_have_alarms(synthesized: Synthesized) -> None:
    database = created["database"]
    lag = {a.name: a for a in database.replicas["reporting"].alarms}["lag"]
    assert "test-database-reporting" in lag.summary, synthesized
    assert lag.threshold >= 5 * 60, "a source without writes reports this much lag"
    proxy_waits = {a.name: a for a in database.alarms}["proxy-waits"]
    assert list(proxy_waits.dimensions) == ["ProxyName"]
    assert proxy_waits.threshold == 1_000_000, "microseconds"
    assert lag.missing_data is MissingData.NOT_BREACHING, "a silent replica raises the alarm on its CPU"
    assert {lag.comparison, proxy_waits.comparison} == {Comparison.ABOVE}

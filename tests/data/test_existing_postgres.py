from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.protocols import DatabaseEndpoint
from constructs_arq.core.stack import Stack
from constructs_arq.data.existing_postgres import ExistingPostgres
from constructs_arq.data.postgres import Postgres
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import build_isolated_subnets, build_network, database_config
from tests.support import Synthesized, statements, synthesize


def existing_database(stack: Stack, **overrides: Any) -> ExistingPostgres:
    attributes: dict[str, Any] = {
        "identifier": "ledger",
        "endpoint": "ledger.abcdefghijkl.eu-west-1.rds.amazonaws.com",
        "security_group_id": "sg-0123456789abcdef0",
        "resource_id": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    }
    return Postgres.from_attributes(stack, "database", **{**attributes, **overrides})


def build(stack: Stack) -> None:
    database = existing_database(stack)
    client = SecurityGroup(stack, "client", network=build_network(stack), description="Client")
    client.connections.allow_to(database, why="It keeps its ledger there")
    orders = Role(stack, "orders", description="Orders", trust=Trust.service("ec2.amazonaws.com"))
    database.grant_connect(orders, user="orders")


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_connections_use_its_security_group_and_port(synthesized: Synthesized) -> None:
    rule = synthesized.one("aws_vpc_security_group_ingress_rule")
    assert rule["security_group_id"] == "sg-0123456789abcdef0"
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (5432, 5432, "tcp")


def test_grants_use_its_resource_id(synthesized: Synthesized) -> None:
    grant = synthesized.one("aws_iam_role_policy", "orders/connect-database-as-orders")
    [statement] = statements(grant["policy"]).values()
    assert statement["Action"] == ["rds-db:connect"]
    assert statement["Resource"] == [
        "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/orders"
    ]


def test_terraform_does_not_manage_or_read_the_database(synthesized: Synthesized) -> None:
    assert not synthesized.of_type("aws_db_instance")
    assert "data" not in synthesized.json


def test_alarms_need_class_and_storage() -> None:
    databases: list[ExistingPostgres] = []
    synthesize(lambda stack: databases.append(existing_database(stack)))
    sized = {"instance_class": "db.r7g.large", "storage_gib": 100}
    synthesize(lambda stack: databases.append(existing_database(stack, **sized)))
    without, with_alarms = databases
    assert without.alarms == ()
    assert {alarm.name for alarm in with_alarms.alarms} == {
        "cpu",
        "memory",
        "connections",
        "storage",
        "disk-queue",
        "transaction-ids",
    }
    assert {alarm.dimensions["DBInstanceIdentifier"] for alarm in with_alarms.alarms} == {"ledger"}


def test_all_kinds_of_databases_have_the_same_contract() -> None:
    endpoints: list[DatabaseEndpoint] = []

    def build_all(stack: Stack) -> None:
        config = database_config(read_replicas={"reporting": {}})
        database = Postgres(stack, "own", subnets=build_isolated_subnets(stack), config=config)
        existing = existing_database(stack)
        endpoints.extend((database, database.admin_endpoint, database.replicas["reporting"], existing))

    synthesize(build_all)
    assert endpoints[-1].endpoint == "ledger.abcdefghijkl.eu-west-1.rds.amazonaws.com"


def test_all_invalid_attributes_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        synthesize(
            lambda stack: existing_database(
                stack,
                identifier="Not-An-Identifier",
                endpoint="https://ledger",
                port=0,
                security_group_id="default",
                resource_id="ledger",
            )
        )
    assert {problem.path for problem in error.value.problems} == {
        "identifier",
        "endpoint",
        "port",
        "security_group_id",
        "resource_id",
    }
    assert all(problem.got and problem.fix for problem in error.value.problems)


def test_class_without_storage_is_rejected() -> None:
    with pytest.raises(ConfigError, match="Set instance_class and storage_gib, or remove both"):
        synthesize(lambda stack: existing_database(stack, instance_class="db.r7g.large"))

"""Databases are charged with standby, replicas and enabled features; proxies by vCPU."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.cost.charges.database import vcpu_count
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

HOUR, GIB = Decimal("0.069"), Decimal("0.127")


def database(name: str = "main", /, **values: Json) -> PriceableResource:
    given_: dict[str, Json] = {
        "identifier": name,
        "engine": "postgres",
        "instance_class": "db.t4g.medium",
        "storage_type": "gp3",
        "allocated_storage": 100,
    }
    return resource("aws_db_instance", name, **{**given_, **values})


def replica(**values: Json) -> PriceableResource:
    given_: dict[str, Json] = {
        "replicate_source_db": "${aws_db_instance.main.identifier}",
        "instance_class": "db.t4g.large",
        "storage_type": "gp3",
    }
    return resource("aws_db_instance", "replica", **{**given_, **values})


def test_an_instance_costs_its_hours_and_its_storage() -> None:
    assert monthly(database()) == cents(730 * HOUR, 100 * GIB)


def test_a_standby_doubles_both() -> None:
    assert monthly(database(multi_az=True)) == cents(2 * 730 * HOUR, 200 * GIB)


def test_a_replica_has_the_engine_and_the_size_of_its_source() -> None:
    expected = cents(730 * Decimal("0.138"), 100 * GIB)
    assert monthly(replica(), database()) == expected
    assert monthly(replica(replicate_source_db="main", engine=None), database()) == expected


def test_a_replica_of_a_source_in_another_stack_is_unknown() -> None:
    assert monthly(replica(replicate_source_db="arn:aws:rds:eu-west-2:1:db:other")) is None


@pytest.mark.parametrize(
    ("values", "item", "quantity"),
    [
        ({"iops": 3000, "storage_throughput": 125}, "rds/gp3/iops", 0),
        ({"iops": 5000}, "rds/gp3/iops", 2000),
        ({"iops": 5000, "multi_az": True}, "rds/gp3/iops", 4000),
        ({"allocated_storage": 400, "iops": 12000}, "rds/gp3/iops", 0),
        ({"allocated_storage": 400, "iops": 13000}, "rds/gp3/iops", 1000),
        ({"storage_throughput": 200}, "rds/gp3/storage_throughput", 75),
        ({"storage_type": "io2", "iops": 1000}, "rds/io2/iops", 1000),
        ({"storage_type": None, "iops": 1000}, "rds/io1/iops", 1000),
        ({"storage_type": None}, "rds/gp2", 100),
        ({"storage_type": "gp2", "iops": 300}, "rds/gp2/iops", 0),
    ],
)
def test_performance_over_the_included_one_is_charged(
    values: dict[str, Json], item: str, quantity: int
) -> None:
    assert quantities(database(**values)).get(item, 0) == quantity


@pytest.mark.parametrize(
    ("values", "item", "quantity"),
    [
        ({"database_insights_mode": "advanced"}, "rds/database-insights", Decimal(2)),
        ({"database_insights_mode": "advanced", "multi_az": True}, "rds/database-insights", Decimal(4)),
        ({"database_insights_mode": "${var.mode}"}, "rds/database-insights", None),
        ({"database_insights_mode": "standard"}, "rds/database-insights", 0),
        ({"performance_insights_enabled": True}, "rds/performance-insights", 0),
        (
            {"performance_insights_enabled": True, "performance_insights_retention_period": 31},
            "rds/performance-insights",
            None,
        ),
        ({"manage_master_user_password": True}, "secretsmanager/secret", Decimal(1)),
        ({"manage_master_user_password": "${var.it}"}, "secretsmanager/secret", None),
    ],
)
def test_enabled_features_are_charged(
    values: dict[str, Json], item: str, quantity: Decimal | int | None
) -> None:
    assert quantities(database(**values)).get(item, 0) == quantity


@pytest.mark.parametrize(
    "values",
    [
        {"multi_az": "${var.ha}"},
        {"engine": "${var.engine}"},
        {"engine": None},
        {"instance_class": "${var.class}"},
        {"allocated_storage": None},
        {"allocated_storage": "${var.size}"},
        {"storage_type": "${var.type}"},
        {"engine": "oracle-ee"},
    ],
)
def test_an_unknown_argument_gives_an_unknown_cost(values: dict[str, Json]) -> None:
    assert monthly(database(**values)) is None


@pytest.mark.parametrize(
    ("class_", "vcpus"),
    [
        ("db.t4g.micro", 2),
        ("db.t4g.medium", 2),
        ("db.r7g.large", 2),
        ("db.r7g.xlarge", 4),
        ("db.r7g.16xlarge", 64),
        ("db.serverless", None),
        ("", None),
    ],
)
def test_vcpu_count_of_a_class(class_: str, vcpus: int | None) -> None:
    assert vcpu_count(class_) == vcpus


def target(database_: str, name: str = "t") -> PriceableResource:
    return resource(
        "aws_db_proxy_target",
        name,
        db_instance_identifier=f"${{aws_db_instance.{database_}.identifier}}",
        db_proxy_name="${aws_db_proxy.main.name}",
    )


def test_a_proxy_counts_the_vcpus_of_its_targets() -> None:
    proxy = resource("aws_db_proxy", name="main")
    large = database("large", instance_class="db.r7g.2xlarge")
    assert quantities(proxy, database(), target("main")) == {"rds/proxy": Decimal(2)}
    both = (database(), large, target("main"), target("large", "u"))
    assert quantities(proxy, *both) == {"rds/proxy": Decimal(10)}


def test_a_proxy_of_unknown_targets_is_unknown() -> None:
    proxy = resource("aws_db_proxy", name="main")
    assert quantities(proxy) == {"rds/proxy": None}
    assert quantities(proxy, database(), target("main"), target("gone", "u")) == {"rds/proxy": None}


@given(less=st.integers(20, 5000), more=st.integers(0, 5000))
def test_more_storage_never_costs_less(less: int, more: int) -> None:
    few, many = monthly(database(allocated_storage=less)), monthly(database(allocated_storage=less + more))
    assert few is not None
    assert many is not None
    assert few <= many

"""Tests networks and subnets that exist already."""

from collections.abc import Callable

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres import Postgres
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.network.network import Network
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from tests.cluster.cluster_builders import CONFIG
from tests.support import synthesize

VPC = "vpc-0123456789abcdef0"
IDS = {"euw1-az1": "subnet-0000000000000000a", "euw1-az2": "subnet-0000000000000000b"}
OTHER_IDS = {"euw1-az1": "subnet-0000000000000000c", "euw1-az2": "subnet-0000000000000000d"}
DATABASE = PostgresConfig(version="17", instance_class="db.r7g.large", storage_gib=20, max_storage_gib=100)


def problems(create: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(ConfigError) as error:
        create()
    return {problem.path: str(problem) for problem in error.value.problems}


def test_a_database_in_existing_isolated_subnets() -> None:
    def build(stack: Stack) -> None:
        subnets = IsolatedSubnets.from_ids(vpc_id=VPC, vpc_cidr="10.0.0.0/16", subnet_ids=IDS)
        Postgres(stack, "database", subnets=subnets, config=DATABASE)

    stack = synthesize(build)
    assert stack.one("aws_db_subnet_group")["subnet_ids"] == list(IDS.values())
    assert {group["vpc_id"] for group in stack.of_type("aws_security_group").values()} == {VPC}
    assert not stack.of_type("aws_subnet")
    assert "data" not in stack.json


def test_a_cluster_and_a_database_in_an_existing_network() -> None:
    def build(stack: Stack) -> None:
        network = Network.from_ids(vpc_id=VPC, cidr="10.0.0.0/16", private=IDS, isolated=OTHER_IDS)
        cluster = Cluster(stack, "cluster", subnets=network.private, config=CONFIG)
        database = Postgres(stack, "database", subnets=network.isolated, config=DATABASE)
        cluster.connections.allow_to(database, why="the API reads orders")

    stack = synthesize(build)
    assert stack.one("aws_eks_cluster")["vpc_config"]["subnet_ids"] == list(IDS.values())
    assert stack.one("aws_db_subnet_group")["subnet_ids"] == list(OTHER_IDS.values())
    assert not stack.of_type("aws_vpc")


def test_the_tiers_are_different_types() -> None:
    network = Network.from_ids(vpc_id=VPC, cidr="10.0.0.0/16", public=IDS)
    assert [type(tier) for tier in (network.public, network.private, network.isolated)] == [
        PublicSubnets,
        PrivateSubnets,
        IsolatedSubnets,
    ]
    assert network.private.subnet_ids == []


def test_existing_subnets_cannot_be_changed() -> None:
    subnets = PrivateSubnets.from_ids(vpc_id=VPC, vpc_cidr="10.0.0.0/16", subnet_ids=IDS)
    with pytest.raises(AttributeError):
        subnets.ids_by_zone = {}  # type: ignore[misc]  # frozen
    with pytest.raises(TypeError):
        subnets.ids_by_zone["euw1-az1"] = "subnet-0"  # type: ignore[index]  # read-only


def test_references_to_other_resources_are_accepted() -> None:
    reference = {"euw1-az1": "${aws_subnet.legacy.id}"}
    subnets = PublicSubnets.from_ids(
        vpc_id="${aws_vpc.legacy.id}", vpc_cidr="10.0.0.0/16", subnet_ids=reference
    )
    assert subnets.subnet_ids == ["${aws_subnet.legacy.id}"]


def test_all_invalid_ids_of_subnets_are_reported_with_the_fix() -> None:
    found = problems(
        lambda: IsolatedSubnets.from_ids(
            vpc_id="vpc-1", vpc_cidr="10.0.0.1/16", subnet_ids={"euw1-az1": "sg-0123456789abcdef0"}
        )
    )
    assert found.keys() == {"vpc_id", "vpc_cidr", "subnet_ids.euw1-az1"}
    assert found["subnet_ids.euw1-az1"] == (
        "subnet_ids.euw1-az1: must be the id of a subnet, got 'sg-0123456789abcdef0'. "
        'Write it like "subnet-0123456789abcdef0".'
    )


def test_zone_names_are_rejected() -> None:
    [problem] = problems(
        lambda: IsolatedSubnets.from_ids(
            vpc_id=VPC, vpc_cidr="10.0.0.0/16", subnet_ids={"eu-west-1a": "subnet-0123456789abcdef0"}
        )
    ).values()
    assert "must be an availability zone's id" in problem


def test_all_invalid_ids_of_a_network_are_reported() -> None:
    found = problems(
        lambda: Network.from_ids(
            vpc_id="vpc", cidr="all", public={"euw1-az1": "a"}, private={"euw1-az1": "b"}, isolated=IDS
        )
    )
    assert found.keys() == {"vpc_id", "cidr", "public.euw1-az1", "private.euw1-az1"}


def test_a_subnet_in_two_tiers_is_rejected() -> None:
    [problem] = problems(
        lambda: Network.from_ids(vpc_id=VPC, cidr="10.0.0.0/16", private=IDS, isolated=IDS)
    ).values()
    assert "subnet-0000000000000000a, subnet-0000000000000000b is given twice" in problem


def test_one_subnet_for_two_zones_of_a_tier_is_rejected() -> None:
    subnets = dict.fromkeys(("euw1-az1", "euw1-az2"), "subnet-0000000000000000a")
    [problem] = problems(
        lambda: PrivateSubnets.from_ids(vpc_id=VPC, vpc_cidr="10.0.0.0/16", subnet_ids=subnets)
    ).values()
    assert "subnet-0000000000000000a is given twice" in problem


def test_zones_of_two_regions_are_rejected() -> None:
    subnets = {"euw1-az1": "subnet-0000000000000000a", "use1-az1": "subnet-0000000000000000b"}
    [problem] = problems(lambda: Network.from_ids(vpc_id=VPC, cidr="10.0.0.0/16", private=subnets)).values()
    assert "zones must be of one region, not of euw1 and use1" in problem

"""Clusters and fleets in subnets without NAT need endpoints."""

from collections.abc import Callable

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from constructs_arq.network.reachable_services import CLUSTER_SERVICES, SESSION_MANAGER_SERVICES
from constructs_arq.network.subnets import PrivateSubnets
from tests.cluster.cluster_builders import CONFIG
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, SCALING
from tests.support import synthesize

Build = Callable[[Stack, PrivateSubnets], object]
FLEET = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING, launch_hook_seconds=60)


def cluster(stack: Stack, subnets: PrivateSubnets) -> object:
    return Cluster(stack, "cluster", subnets=subnets, config=CONFIG)


def fleet(stack: Stack, subnets: PrivateSubnets) -> object:
    return Fleet(stack, "workers", subnets=subnets, config=FLEET)


def synthesize_in(build: Build, nat: Nat, *endpoints: InterfaceService) -> None:
    config = NetworkConfig(
        cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"), nat=nat, interface_endpoints=endpoints
    )
    synthesize(lambda stack: build(stack, Network(stack, "network", config=config).private))


def test_the_default_endpoints_are_not_enough_for_a_cluster() -> None:
    defaults: tuple[InterfaceService, ...] = NetworkConfig.model_fields["interface_endpoints"].default
    with pytest.raises(ConstructError) as raised:
        synthesize_in(cluster, Nat.NONE, *defaults)
    assert str(raised.value) == (
        "test/cluster: nodes and pods need AWS services that these subnets without NAT can't reach: "
        '"ec2", "eks", "eks-auth", "elasticloadbalancing", "sqs", "ssm". '
        "Add them to interface_endpoints of the network, or use nat=Nat.SINGLE or Nat.PER_ZONE."
    )


def test_a_fleet_needs_session_manager_and_its_hooks() -> None:
    with pytest.raises(ConstructError, match='"autoscaling", "ec2messages", "ssmmessages"'):
        synthesize_in(fleet, Nat.NONE, "ssm")


@pytest.mark.parametrize(
    ("build", "endpoints"),
    [(cluster, CLUSTER_SERVICES), (fleet, (*SESSION_MANAGER_SERVICES, "autoscaling"))],
)
def test_endpoints_of_all_needed_services_are_accepted(
    build: Build, endpoints: tuple[InterfaceService, ...]
) -> None:
    synthesize_in(build, Nat.NONE, *endpoints)


@pytest.mark.parametrize("nat", [Nat.SINGLE, Nat.PER_ZONE, Nat.REGIONAL])
def test_nat_reaches_all_services(nat: Nat) -> None:
    synthesize_in(fleet, nat)


def test_existing_subnets_are_not_checked() -> None:
    subnets = PrivateSubnets.from_ids(
        vpc_id="vpc-0123456789abcdef0",
        vpc_cidr="10.0.0.0/16",
        subnet_ids={"euw1-az1": "subnet-0123456789abcdef0"},
    )
    assert subnets.reachable_services is None

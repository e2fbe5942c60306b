"""Builders of clusters for tests, and lookups in their Terraform JSON."""

import re
from collections.abc import Callable

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from tests.support import Resource, Synthesized, synthesize

DEPLOYER = "deployer"
NODES = NodeGroupConfig(instance_types=("m7i.large",), nodes=2)
CONFIG = ClusterConfig(version="1.35", access=AccessConfig(admins=(DEPLOYER,)), node_groups={"system": NODES})


def make_network(stack: Stack) -> Network:
    """Create a network with two zones."""
    return Network(
        stack, "network", config=NetworkConfig(cidr="10.40.0.0/16", zones=("euw1-az1", "euw1-az2"))
    )


def make_cluster(stack: Stack, config: ClusterConfig = CONFIG) -> Cluster:
    """Create a cluster and its network."""
    return Cluster(stack, "cluster", subnets=make_network(stack).private, config=config)


def synthesize_cluster(
    config: ClusterConfig = CONFIG, *, then: Callable[[Cluster], object] = lambda _: None
) -> Synthesized:
    """Synthesize a stack with a cluster, after `then` has changed it."""
    return synthesize(lambda stack: then(make_cluster(stack, config)))


def config_with_nodes(**groups: NodeGroupConfig) -> ClusterConfig:
    """Return the default configuration with other node groups."""
    return ClusterConfig(version="1.35", access=AccessConfig(admins=(DEPLOYER,)), node_groups=groups)


def all_resources(synthesized: Synthesized) -> dict[str, Resource]:
    """Return every resource by its address."""
    return {
        f"{kind}.{name}": resource
        for kind, named in synthesized.json["resource"].items()
        for name, resource in named.items()
    }


def prerequisites(synthesized: Synthesized, address: str) -> set[str]:
    """Return the addresses of all direct and indirect dependencies of `address`."""
    resources = all_resources(synthesized)
    found: set[str] = set()
    pending = [address]
    while pending:
        text = str({key: value for key, value in resources[pending.pop()].items() if key != "//"})
        referred = set(re.findall(r"aws_[a-z0-9_]+\.[\w-]+", text)) & set(resources)
        pending.extend(referred - found)
        found |= referred
    return found


def address_of(synthesized: Synthesized, kind: str, path: str) -> str:
    """Return the address of the resource of a type at a construct path."""
    wanted = synthesized.of_type(kind)[path]
    return next(address for address, resource in all_resources(synthesized).items() if resource is wanted)

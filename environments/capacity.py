"""Refuses an environment whose pods do not fit into its nodes, subnets and databases."""

from collections.abc import Iterator, Sequence

from constructs_arq.cluster.managed_pods import pods_of_controllers, pods_of_each_node
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.data.instance_class import max_connections
from constructs_arq.data.proxy import CONNECTIONS_PERCENT
from constructs_arq.network.address_plan import AddressPlan, Tier
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.services.capacity import (
    ConnectionPool,
    find_large_pods,
    find_missing_addresses,
    find_missing_connections,
    find_missing_nodes,
)
from environments.environment import Environment
from environments.node_capacity import all_nodes, first_nodes, most_nodes, nodes_for_pods

# PostgreSQL and RDS keep these for administration.
_RESERVED_CONNECTIONS = 5
# An ALB needs eight free addresses in each subnet, and the control plane up to four network interfaces.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
_LOAD_BALANCER_ADDRESSES = 8
_CONTROL_PLANE_ADDRESSES = 4
# They start before Karpenter can launch nodes, as the pods of EKS add-ons do.
_BEFORE_KARPENTER = (Chart.AWS_LOAD_BALANCER_CONTROLLER, Chart.KARPENTER)


def require_capacity(env: Environment, pods: Sequence[PodGroup]) -> None:
    """Raise if `pods`, those of the cluster stack at their largest number, need more than there is.

    Raises:
        ConfigError: with every figure that is too small.
    """
    insights = env.cluster.container_insights
    on_each_node = [
        *pods_of_each_node(container_insights=insights),
        *(group for group in pods if group.on_each_node),
    ]
    controllers = pods_of_controllers(container_insights=insights)
    groups = [*(group for group in pods if not group.on_each_node), *controllers]
    problems = [
        *_find_missing_connections(env, {group.name: group.pods for group in pods}),
        *find_large_pods(groups, nodes=nodes_for_pods(env, on_each_node), path="shop"),
        *find_missing_nodes(
            groups,
            total=all_nodes(env, on_each_node),
            nodes=f"all nodes for {env.images.architecture} images together",
            path="karpenter.node_pools",
        ),
        *find_missing_nodes(
            [*controllers, *(group for group in pods if group.name in _BEFORE_KARPENTER)],
            total=first_nodes(env, on_each_node),
            nodes="the nodes before Karpenter's",
            path="cluster.node_groups",
        ),
        *_find_missing_addresses(env, groups, on_each_node),
    ]
    if problems:
        raise ConfigError(f"environments/{env.name}.py", problems)


def _find_missing_connections(env: Environment, pods: dict[str, int]) -> Iterator[Problem]:
    """Compare the pools with the proxy or the instance, and those that bypass them with what these leave."""
    shop, limit = env.shop, max_connections(env.database.instance_class)
    services = [
        ConnectionPool(name=name, pods=pods[name], connections=connections)
        for name, connections in (
            ("api", shop.api_pool_size),
            ("settlement", 1),
            ("api-migrations", 1),
            ("receipts", 1),
        )
        if name in pods
    ]
    # The migrator connects to the instance also if there is a proxy.
    migrator = ConnectionPool(name="migrator", pods=pods["migrator"], connections=1)
    instance = env.database.instance_class
    if env.database.proxy:
        through = limit * CONNECTIONS_PERCENT // 100
        yield from find_missing_connections(
            services, available=through, database=f"{instance} through the proxy", path="shop.api"
        )
        yield from find_missing_connections(
            [migrator],
            available=limit - through - _RESERVED_CONNECTIONS,
            database=f"{instance} beside the proxy",
            path="shop.migrator",
        )
    else:
        yield from find_missing_connections(
            [*services, migrator],
            available=limit - _RESERVED_CONNECTIONS,
            database=instance,
            path="shop.api",
        )
    reports = env.database.read_replicas.get("reports")
    if reports is not None:
        replica_class = reports.instance_class or instance
        yield from find_missing_connections(
            [ConnectionPool(name="reports", pods=1, connections=shop.reports_connections)],
            available=max_connections(replica_class) - _RESERVED_CONNECTIONS,
            database=f"{replica_class} of the replica",
            path="shop.reports_connections",
        )


def _find_missing_addresses(
    env: Environment, groups: Sequence[PodGroup], on_each_node: Sequence[PodGroup]
) -> Iterator[Problem]:
    plan, zones = AddressPlan(env.network.cidr), env.network.zones
    nodes = most_nodes(env)
    on_nodes = [
        PodGroup(name=each.name, pods=nodes * each.pods, millicores=0, mib=0) for each in on_each_node
    ]
    endpoints = len(env.network.interface_endpoints)
    return find_missing_addresses(
        [*groups, *on_nodes],
        nodes=nodes,
        others=len(zones) * (_LOAD_BALANCER_ADDRESSES + endpoints) + _CONTROL_PLANE_ADDRESSES,
        subnet_sizes=[plan.ipv4(Tier.PRIVATE, zone).num_addresses for zone in zones],
        path="network.cidr",
    )

"""Refuses an environment whose pods do not fit into its nodes, subnets and databases."""

from collections.abc import Iterator, Sequence

from constructs_arq.cluster.managed_pods import pods_of_controllers, pods_of_each_node
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.network.address_plan import AddressPlan, Tier
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.services.capacity import (
    find_large_pods,
    find_missing_addresses,
    find_missing_nodes,
)
from environments.database_pools import DatabasePools, find_pool_problems
from environments.environment import Environment
from environments.node_capacity import all_nodes, first_nodes, most_nodes, nodes_for_pods

# An ALB needs eight free addresses in each subnet, and the control plane up to four network interfaces.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
_LOAD_BALANCER_ADDRESSES = 8
_CONTROL_PLANE_ADDRESSES = 4
# GuardDuty makes an endpoint for its agent in the VPC.
# https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-eks.html
_GUARDDUTY_ADDRESSES = 1
# A network load balancer has an address in each subnet, and Lambda one for all runs of a function.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_LOG_FORWARDER_ADDRESSES = 2
# They start before Karpenter can launch nodes, as the pods of EKS add-ons do.
_BEFORE_KARPENTER = (Chart.AWS_LOAD_BALANCER_CONTROLLER, Chart.KARPENTER)


def require_capacity(env: Environment, pods: Sequence[PodGroup], pools: DatabasePools) -> None:
    """Raise if pods or pools of the cluster stack, at their largest number, need more than there is.

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
        *find_pool_problems(env, pools),
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


def _find_missing_addresses(
    env: Environment, groups: Sequence[PodGroup], on_each_node: Sequence[PodGroup]
) -> Iterator[Problem]:
    plan, zones = AddressPlan(env.network.cidr), env.network.zones
    nodes = most_nodes(env)
    on_nodes = [
        PodGroup(name=each.name, pods=nodes * each.pods, millicores=0, mib=0) for each in on_each_node
    ]
    endpoints = len(env.network.interface_endpoints) + _GUARDDUTY_ADDRESSES
    forwarder = _LOG_FORWARDER_ADDRESSES if env.log_forwarder else 0
    return find_missing_addresses(
        [*groups, *on_nodes],
        nodes=nodes,
        others=len(zones) * (_LOAD_BALANCER_ADDRESSES + endpoints + forwarder) + _CONTROL_PLANE_ADDRESSES,
        subnet_sizes=[plan.ipv4(Tier.PRIVATE, zone).num_addresses for zone in zones],
        path="network.cidr",
    )

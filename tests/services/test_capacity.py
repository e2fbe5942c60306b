"""Pods of a stack, and what nodes have for them."""

import re

import pytest
from cdktf_cdktf_provider_kubernetes.pod_v1 import PodV1, PodV1Metadata, PodV1Spec

from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.managed_pods import pods_of_controllers, pods_of_each_node
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.services.node_sizes import (
    NodeSize,
    allocatable,
    node_size,
    smallest_of_group,
    total_of_pool,
)
from constructs_arq.services.pod_inventory import find_pods
from tests.services.service_builders import Shop, synthesize_shop

AGENT = PodGroup(name="agent", pods=1, millicores=100, mib=200)


def test_the_pods_of_services_are_found_in_a_stack() -> None:
    found: list[PodGroup] = []

    def build(shop: Shop) -> None:
        shop.web()
        found.extend(find_pods(shop.stack))

    synthesize_shop(build)
    # Twelve at most, and as many that terminate during an update.
    assert found == [PodGroup(name="api", pods=24, millicores=250, mib=256)]


def test_pods_that_no_construct_states_are_refused() -> None:
    def build(shop: Shop) -> None:
        PodV1(shop.stack, "pod", metadata=PodV1Metadata(name="pod"), spec=PodV1Spec())
        find_pods(shop.stack)

    with pytest.raises(ConstructError, match="a kubernetes_pod_v1 has pods that no check of capacity counts"):
        synthesize_shop(build)


def test_each_eks_add_on_has_pods() -> None:
    names = [
        group.name
        for group in (
            *pods_of_each_node(container_insights=True),
            *pods_of_controllers(container_insights=True),
        )
    ]
    assert [each for each in Addon if not any(re.match(rf"{each}( |$)", name) for name in names)] == []


def test_container_insights_runs_an_agent_on_each_node() -> None:
    with_agent = {group.name for group in pods_of_each_node(container_insights=True)}
    without = {group.name for group in pods_of_each_node(container_insights=False)}
    assert with_agent - without == {"amazon-cloudwatch-observability agent"}


@pytest.mark.parametrize(("replicas", "most"), [(1, 2), (2, 4), (10, 20)])
def test_an_update_needs_more_pods(replicas: int, most: int) -> None:
    assert most_pods(replicas) == most


def test_nodes_keep_a_part_for_the_system() -> None:
    size = node_size("m7g.xlarge")
    assert size == allocatable(4, 16)
    assert size == NodeSize(millicores=3920, mib=16 * 1024 - 1565, pods=110)
    assert node_size("u-6tb1.metal") is None


def test_a_node_group_has_the_smallest_of_its_types() -> None:
    size = smallest_of_group(["c7g.xlarge", "r7g.large"])
    assert (size.millicores, size.mib) == (1930, 8 * 1024 - 1565)
    assert smallest_of_group(["m7g.large", "u-6tb1.metal"]).millicores == 0


def test_a_pool_has_less_for_pods_than_its_limits() -> None:
    # Eight nodes of two vCPUs, or four of four.
    total = total_of_pool(vcpus=16, memory_gib=64, largest_vcpus=4, pods_of_each_node=[AGENT])
    assert total == NodeSize(
        millicores=8 * (2000 - 70 - 100), mib=64 * 1024 - 8 * (1565 + 200), pods=4 * (110 - 1)
    )

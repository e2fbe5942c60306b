"""Pods of a stack, and what nodes have for them."""

import re

import pytest
from cdktf_cdktf_provider_kubernetes.pod_v1 import PodV1, PodV1Metadata, PodV1Spec

from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.managed_pods import pods_of_controllers, pods_of_each_node
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.platform.karpenter_config import Category, NodePoolConfig
from constructs_arq.services.capacity import find_large_pods
from constructs_arq.services.node_sizes import (
    NodeSize,
    allocatable,
    node_size,
    sizes_of_pool,
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
    pool = NodePoolConfig(vcpus=16, memory_gib=64, max_instance_vcpus=4)
    total = total_of_pool(pool, pods_of_each_node=[AGENT])
    assert total == NodeSize(
        millicores=8 * (2000 - 70 - 100), mib=64 * 1024 - 8 * (1565 + 200), pods=4 * (110 - 1)
    )


@pytest.mark.parametrize(
    ("memory_gib", "categories", "millicores", "mib"),
    [
        # Four vCPUs with memory-optimized nodes, and two nodes of two vCPUs.
        (10_000, ("c", "r"), 2 * 1930, 32 * 1024 - 2 * 1565),
        # Memory for one node of two vCPUs, and for none.
        (4, ("c",), 1930, 4 * 1024 - 1565),
        (10, ("r",), 0, 0),
    ],
)
def test_a_pool_has_no_cpu_without_memory_and_no_memory_without_cpu(
    memory_gib: int, categories: tuple[Category, ...], millicores: int, mib: int
) -> None:
    pool = NodePoolConfig(vcpus=4, memory_gib=memory_gib, categories=categories)
    total = total_of_pool(pool, pods_of_each_node=[])
    assert (total.millicores, total.mib) == (millicores, mib)


def test_nodes_of_a_pool_have_sizes_that_exist() -> None:
    pool = NodePoolConfig(vcpus=256, memory_gib=1024, max_instance_vcpus=24, categories=("c",))
    assert sizes_of_pool(pool) == [allocatable(vcpus, 2 * vcpus) for vcpus in (2, 4, 8, 16)]


@pytest.mark.parametrize(("vcpus", "memory_gib"), [(8, 1024), (256, 16), (11, 31)])
def test_nodes_of_a_pool_are_within_its_limits(vcpus: int, memory_gib: int) -> None:
    pool = NodePoolConfig(vcpus=vcpus, memory_gib=memory_gib, categories=("c",), max_instance_vcpus=192)
    assert sizes_of_pool(pool) == [allocatable(each, 2 * each) for each in (2, 4, 8)]


@pytest.mark.parametrize("values", [{"categories": ("t",)}, {"newer_than_generation": 8}])
def test_a_pool_that_selects_no_known_instance_type_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(values))}.*got"):
        NodePoolConfig(**{"vcpus": 8, "memory_gib": 32, **values})


def test_a_pod_has_cpu_and_memory_of_the_same_node() -> None:
    nodes = [
        NodeSize(millicores=1000, mib=8000),
        NodeSize(millicores=1000, mib=4000),
        NodeSize(millicores=4000, mib=2000),
    ]
    wide = PodGroup(name="wide", pods=1, millicores=4000, mib=2000)
    high = PodGroup(name="high", pods=1, millicores=1000, mib=8000)
    both = PodGroup(name="both", pods=1, millicores=1001, mib=2001)
    [problem] = find_large_pods([wide, high, both], nodes=nodes, path="shop")
    assert problem.message == (
        "a pod of both must request at most 4000m and 2000 MiB or 1000m and 8000 MiB, "
        "which the largest nodes have for pods"
    )
    assert problem.got == "1001m and 2001 MiB"

"""An environment whose services do not fit is refused, with figures."""

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.services.capacity import PodGroup, find_missing_addresses, most_pods
from constructs_arq.services.node_sizes import allocatable, node_size
from constructs_arq.services.pod_resources import PodResources
from environments.capacity import require_capacity
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING


def with_api(environment: Environment, **values: object) -> Environment:
    api = environment.shop.api.model_copy(update=values)
    return environment.model_copy(update={"shop": environment.shop.model_copy(update={"api": api})})


@pytest.mark.parametrize("environment", [DEV, STAGING, PRODUCTION], ids=lambda each: each.name)
def test_the_committed_environments_fit(environment: Environment) -> None:
    require_capacity(environment)


def test_pools_of_all_pods_fit_into_the_connections_of_the_database() -> None:
    # 4 GiB / 9,531,392 bytes = 450 connections, of which 5 are reserved.
    shop = DEV.shop.model_copy(update={"api_pool_size": 111})
    with pytest.raises(ConfigError, match=r"4 api x 111 .* = 447 connections .* 445 of db.t4g.medium"):
        require_capacity(DEV.model_copy(update={"shop": shop}))
    fitting = shop.model_copy(update={"api_pool_size": 110})
    require_capacity(DEV.model_copy(update={"shop": fitting}))


def test_the_proxy_gives_its_clients_a_share_of_the_connections() -> None:
    shop = PRODUCTION.shop.model_copy(update={"api_pool_size": 80})
    with pytest.raises(ConfigError, match=r"of db\.r7g\.large through the proxy"):
        require_capacity(PRODUCTION.model_copy(update={"shop": shop}))


def test_a_pod_fits_on_a_node() -> None:
    # At most 4 vCPUs and 8 GiB for each of them.
    pods = PodResources(cpu_millicores=4000, memory_mib=512)
    with pytest.raises(ConfigError, match=r"a pod of api requests 4000m .* largest node has 3920m"):
        require_capacity(with_api(DEV, resources=pods))


def test_all_pods_fit_on_all_nodes() -> None:
    scaling = ScalingPolicy(min_size=1, max_size=400)
    with pytest.raises(ConfigError, match=r"all pods request 50300m CPU"):
        require_capacity(with_api(DEV, scaling=scaling))


def test_all_pods_have_addresses() -> None:
    group = PodGroup(name="api", pods=210, resources=PodResources(cpu_millicores=10, memory_mib=16))

    def problems(pods: int) -> list[str]:
        found = find_missing_addresses([group], other_pods=pods, subnet_sizes=[128, 128], path="network.cidr")
        return [str(each) for each in found]

    assert problems(30) == []
    assert "250 pods need 256 addresses, but the private subnets have 246" in problems(40)[0]


def test_an_update_needs_more_pods_than_the_largest_size() -> None:
    assert most_pods(ScalingPolicy(min_size=1, max_size=10)) == 13


def test_nodes_keep_a_part_for_the_system() -> None:
    size = node_size("m7g.xlarge")
    assert size == allocatable(4, 16)
    assert size is not None
    assert size.millicores == 3920
    assert size.mib == 16 * 1024 - 1565
    assert node_size("u-6tb1.metal") is None

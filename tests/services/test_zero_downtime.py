"""No request fails while pods of the API and of nginx are replaced. The cluster is simulated by processes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.reference_app.dependencies import Dependencies
from tests.services.load import Load
from tests.services.loopback_cluster import (
    WITH_PRE_STOP,
    WITHOUT_PRE_STOP,
    LoopbackCluster,
    StopSteps,
    running_cluster,
)

pytestmark = pytest.mark.slow

Scenario = Callable[[LoopbackCluster], Awaitable[None]]
_LEAST_REQUESTS = 10_000
_CANARY_SECONDS = 5


def test_no_request_fails_during_updates_reloads_drains_and_a_canary(
    dependencies: Dependencies, tmp_path: Path
) -> None:
    async def everything(cluster: LoopbackCluster) -> None:
        await reload_configuration(cluster)
        await roll_back_canary(cluster)
        await asyncio.gather(update_api(cluster), drain_node(cluster))

    load = asyncio.run(run(dependencies, tmp_path, WITH_PRE_STOP, everything, least=_LEAST_REQUESTS))
    assert load.failed == {}
    assert load.total >= _LEAST_REQUESTS


def test_requests_fail_without_pre_stop_steps(dependencies: Dependencies, tmp_path: Path) -> None:
    load = asyncio.run(run(dependencies, tmp_path, WITHOUT_PRE_STOP, drain_node, least=0))
    assert load.failed != {}


async def reload_configuration(cluster: LoopbackCluster) -> None:
    for _ in range(5):
        cluster.reload()
        await asyncio.sleep(1)


async def update_api(cluster: LoopbackCluster) -> None:
    """Replace each pod, as a rolling update without unavailable pods."""
    for old in list(cluster.endpoints):
        await cluster.add_endpoint(await cluster.start_api())
        assert await cluster.stop_api(old) == 0


async def drain_node(cluster: LoopbackCluster) -> None:
    """Stop a pod of nginx after its replacement has started, as the eviction of a node's pods."""
    await cluster.register(cluster.start_nginx())
    assert await cluster.stop_nginx(cluster.nginx_pods[0]) == 0


async def roll_back_canary(cluster: LoopbackCluster) -> None:
    """Send a share of the requests to a second version, and take it back."""
    canary = await cluster.start_api()
    cluster.canaries.append(canary)
    cluster.canary_percent = 20
    cluster.reload()
    await asyncio.sleep(_CANARY_SECONDS)
    cluster.canary_percent = 0
    cluster.reload()
    metrics = await asyncio.to_thread(canary.get, "/metrics")
    assert 'route="/api/accounts/{account}",status="200"' in metrics.text
    assert await cluster.stop_api(canary) == 0


async def run(
    dependencies: Dependencies, folder: Path, steps: StopSteps, scenario: Scenario, *, least: int
) -> Load:
    """Run a scenario under load, and return the load with its answers."""
    async with running_cluster(dependencies.environ, folder, steps) as cluster:
        load = Load(targets=lambda: cluster.targets)
        sending = asyncio.create_task(load.run())
        await asyncio.sleep(1)
        await scenario(cluster)
        while load.total < least and not sending.done():
            await asyncio.sleep(0.5)
        load.is_stopped = True
        await sending
    return load

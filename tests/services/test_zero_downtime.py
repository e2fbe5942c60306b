"""No request fails while pods of the API and of nginx are replaced. The cluster is simulated by processes.

All waits and delays of the cluster are a fifth: preStop hooks, controllers, deregistration. Versions
of nginx before 1.27.4 close idle connections when they read a configuration. With them, a few requests are
sent twice.
"""

import asyncio
from pathlib import Path

import pytest

from tests.reference_app.dependencies import Dependencies
from tests.reference_app.nginx_process import nginx_version
from tests.services.load import Load
from tests.services.loopback_cluster import (
    PRE_STOP,
    WITHOUT_API_HOOK,
    WITHOUT_NGINX_HOOK,
    LoopbackCluster,
    PreStop,
    running_cluster,
)
from tests.services.nginx_pod import FIRST_WITH_MIN_KEEPALIVE
from tests.services.time_scale import scaled

pytestmark = pytest.mark.slow

_LEAST_REQUESTS = 10_000
_MOST_SECONDS = 600
# With nginx 1.22.1, 3 to 7 requests are sent twice.
_MOST_REPEATS = 30


def test_no_request_fails_during_reloads_a_canary_an_update_and_a_drain(
    dependencies: Dependencies, tmp_path: Path
) -> None:
    load = asyncio.run(run(dependencies, tmp_path, PRE_STOP))
    assert load.failed == {}
    assert load.total >= _LEAST_REQUESTS
    print(f"{load.total} requests, of which {load.balancer.repeats} were sent twice")
    assert load.balancer.repeats <= (_MOST_REPEATS if nginx_version() < FIRST_WITH_MIN_KEEPALIVE else 0)


def test_requests_fail_without_the_hook_of_the_api(dependencies: Dependencies, tmp_path: Path) -> None:
    """nginx refuses requests of the canary, because it has no other pod for them."""
    load = asyncio.run(run(dependencies, tmp_path, WITHOUT_API_HOOK))
    assert load.failed.keys() == {"502"}


def test_requests_fail_without_the_hook_of_nginx(dependencies: Dependencies, tmp_path: Path) -> None:
    load = asyncio.run(run(dependencies, tmp_path, WITHOUT_NGINX_HOOK))
    assert load.failed.keys() <= {"ConnectionRefusedError", "ConnectionLostError"}
    assert load.failed


async def change_everything(cluster: LoopbackCluster) -> None:
    """Perform the whole sequence."""
    await reload_configuration(cluster)
    await roll_back_canary(cluster)
    await drain_node(cluster)
    await update_api(cluster)


async def reload_configuration(cluster: LoopbackCluster) -> None:
    for _ in range(5):
        cluster.reload()
        await asyncio.sleep(scaled(2))


async def roll_back_canary(cluster: LoopbackCluster) -> None:
    """Send a share of the requests to a second version, and take it back."""
    canary = await cluster.start_api()

    def set_share(percent: int) -> None:
        cluster.canary_percent = percent
        cluster.canaries = [canary] if percent else []

    await cluster.change(lambda: set_share(20))
    await asyncio.sleep(scaled(10))
    metrics = await asyncio.to_thread(canary.get, "/metrics")
    assert 'route="/api/accounts/{account}",status="200"' in metrics.text
    assert await cluster.stop_api(canary, lambda: set_share(0)) == 0


async def update_api(cluster: LoopbackCluster) -> None:
    """Replace each pod, as a rolling update without unavailable pods."""
    for old in list(cluster.endpoints):
        await cluster.add_endpoint()
        assert await cluster.stop_endpoint(old) == 0


async def drain_node(cluster: LoopbackCluster) -> None:
    """Evict a pod of the API and one of nginx. Their replacements start at the same time."""
    api, nginx = cluster.endpoints[0], cluster.nginx_pods[0]
    codes = await asyncio.gather(
        cluster.stop_endpoint(api), cluster.stop_nginx(nginx), cluster.add_endpoint(), cluster.add_target()
    )
    assert (codes[0], codes[1]) == (0, 0)


async def run(dependencies: Dependencies, folder: Path, pre_stop: PreStop) -> Load:
    """Run the sequence under load until its end or a failed request, and return the load with its answers."""
    async with (
        asyncio.timeout(_MOST_SECONDS),
        running_cluster(dependencies.environ, folder, pre_stop) as cluster,
    ):
        load = Load(cluster.balancer)
        sending = asyncio.create_task(load.run())
        changing = asyncio.create_task(change_everything(cluster))
        await asyncio.wait({sending, changing}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            changing.cancel()
            await asyncio.wait({changing})
        else:
            load.finish(least=_LEAST_REQUESTS)
            await sending
            await changing
    return load

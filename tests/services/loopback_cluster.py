"""A cluster on loopback: processes as pods, which stop in Kubernetes's steps, and delayed controllers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.gateway_config import RouteConfig
from constructs_arq.services.nginx_configuration import NginxRoute, Upstream
from constructs_arq.services.termination import TerminationConfig
from tests.reference_app.api_process import ApiProcess, running_api
from tests.services.load_balancer import LoadBalancer
from tests.services.nginx_pod import NginxPod, running_pod
from tests.services.time_scale import scaled

# From a change of pods or routes until nginx has read it, and until the load balancer has a change of nginx
# pods. A controller in the cluster makes each change.
_NGINX_SECONDS = scaled(3)
_LOAD_BALANCER_SECONDS = scaled(8)
# A rolling update waits this long after a new pod is ready.
_MIN_READY_SECONDS = scaled(10)

_Process = TypeVar("_Process", ApiProcess, NginxPod)


@dataclass(frozen=True)
class PreStop:
    """Seconds that the preStop hook of a pod waits. None: there is no hook."""

    api: float | None
    nginx: float | None


PRE_STOP = PreStop(
    api=scaled(TerminationConfig().propagation_seconds), nginx=scaled(nginx.DEREGISTRATION_SECONDS)
)
WITHOUT_API_HOOK = replace(PRE_STOP, api=None)
WITHOUT_NGINX_HOOK = replace(PRE_STOP, nginx=None)


@dataclass
class LoopbackCluster:
    """API pods behind nginx pods behind a load balancer.

    `endpoints` and `canaries` are the pods that nginx knows. All waits are shorter than in a cluster by one
    factor. Idle connections are not closed by age: under load, none is idle long enough.
    """

    environ: Mapping[str, str]
    folder: Path
    pre_stop: PreStop
    processes: ExitStack
    balancer: LoadBalancer = field(default_factory=LoadBalancer)
    endpoints: list[ApiProcess] = field(default_factory=list)
    canaries: list[ApiProcess] = field(default_factory=list)
    canary_percent: int = 0
    nginx_pods: list[NginxPod] = field(default_factory=list)
    starts: list[asyncio.Task[ApiProcess] | asyncio.Task[NginxPod]] = field(default_factory=list)

    async def start_api(self) -> ApiProcess:
        """Start a pod of the API, and wait until it is ready."""
        api = await self._start(running_api(self.environ, self.folder))
        while (await asyncio.to_thread(api.get, "/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
        return api

    async def start_nginx(self) -> NginxPod:
        """Start a pod of nginx."""
        pod = await self._start(running_pod(self._routes))
        self.nginx_pods.append(pod)
        return pod

    async def add_endpoint(self) -> None:
        """Start a pod of the service, and wait until it is available."""
        api = await self.start_api()
        await asyncio.gather(
            self.change(lambda: self.endpoints.append(api)), asyncio.sleep(_MIN_READY_SECONDS)
        )

    async def add_target(self) -> None:
        """Start a pod of nginx, and wait until the load balancer sends it requests."""
        pod = await self.start_nginx()
        await asyncio.sleep(_LOAD_BALANCER_SECONDS)
        self.balancer.register(pod)

    async def change(self, apply: Callable[[], None]) -> None:
        """Change routes or endpoints. The nginx pods have the change after the delay of the controllers."""
        await asyncio.sleep(_NGINX_SECONDS)
        apply()
        self.reload()

    def reload(self) -> None:
        """Let all nginx pods read their configuration."""
        for pod in self.nginx_pods:
            pod.reload()

    async def stop_endpoint(self, api: ApiProcess) -> int:
        """Terminate a pod of the service, and return its exit code."""
        return await self.stop_api(api, lambda: self.endpoints.remove(api))

    async def stop_api(self, api: ApiProcess, removal: Callable[[], None]) -> int:
        """Terminate a pod of the API as the kubelet does, while controllers remove it from nginx."""

        async def stop() -> int:
            await asyncio.sleep(self.pre_stop.api or 0)
            api.terminate()
            return await asyncio.to_thread(api.process.wait, TerminationConfig().grace_seconds)

        _, code = await asyncio.gather(self.change(removal), stop())
        return code

    async def stop_nginx(self, pod: NginxPod) -> int:
        """Terminate a pod of nginx as the kubelet does, while controllers deregister it."""

        async def deregister() -> None:
            await asyncio.sleep(_LOAD_BALANCER_SECONDS)
            self.balancer.deregister(pod)

        _, code = await asyncio.gather(deregister(), self._stop_nginx_container(pod))
        return code

    async def _stop_nginx_container(self, pod: NginxPod) -> int:
        if self.pre_stop.nginx is None:
            pod.terminate()
        else:
            await asyncio.sleep(self.pre_stop.nginx)
            pod.quit()
        self.nginx_pods.remove(pod)
        return await asyncio.to_thread(pod.nginx.process.wait, nginx.SHUTDOWN_SECONDS)

    async def _start(self, process: AbstractContextManager[_Process]) -> _Process:
        """Start a process. A cancellation does not stop that, so that the process is known and ends."""
        start = asyncio.create_task(asyncio.to_thread(self.processes.enter_context, process))
        self.starts.append(start)
        return await asyncio.shield(start)

    def _routes(self) -> list[NginxRoute]:
        upstreams = [(_upstream("api", self.endpoints), 100 - self.canary_percent)]
        if self.canary_percent:
            upstreams.append((_upstream("canary", self.canaries), self.canary_percent))
        return [NginxRoute(path="/", upstreams=upstreams, config=RouteConfig())]


def _upstream(name: str, pods: list[ApiProcess]) -> Upstream:
    return Upstream(name=name, addresses=[f"127.0.0.1:{pod.port}" for pod in pods])


@asynccontextmanager
async def running_cluster(
    environ: Mapping[str, str], folder: Path, pre_stop: PreStop
) -> AsyncIterator[LoopbackCluster]:
    """Start two pods of the API behind two of nginx."""
    with ExitStack() as processes:
        cluster = LoopbackCluster(environ, folder, pre_stop, processes)
        processes.callback(cluster.balancer.close)
        cluster.endpoints += await asyncio.gather(cluster.start_api(), cluster.start_api())
        for pod in await asyncio.gather(cluster.start_nginx(), cluster.start_nginx()):
            cluster.balancer.register(pod)
        try:
            yield cluster
        finally:
            await asyncio.wait(cluster.starts)

"""A cluster on loopback: processes as pods, which stop in Kubernetes's steps, and delayed controllers."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.gateway_config import RouteConfig
from constructs_arq.services.nginx_configuration import NginxRoute, Upstream
from constructs_arq.services.termination import TerminationConfig
from tests.reference_app.api_process import ApiProcess, running_api
from tests.services.nginx_pod import NginxPod, running_nginx

# Until nginx has a change of a service's endpoints, and the load balancer one of its targets.
_ENDPOINT_SECONDS = 3
_TARGET_SECONDS = 8


@dataclass(frozen=True)
class StopSteps:
    """Seconds between the start of a pod's termination and the signal that stops it."""

    api_seconds: float
    nginx_seconds: float
    is_nginx_graceful: bool


WITH_PRE_STOP = StopSteps(TerminationConfig().propagation_seconds, nginx.DEREGISTRATION_SECONDS, True)
WITHOUT_PRE_STOP = StopSteps(0, 0, False)


@dataclass
class LoopbackCluster:
    """API pods behind nginx pods. `targets` are the nginx pods that the load balancer knows."""

    environ: Mapping[str, str]
    folder: Path
    steps: StopSteps
    processes: ExitStack
    endpoints: list[ApiProcess] = field(default_factory=list)
    canaries: list[ApiProcess] = field(default_factory=list)
    canary_percent: int = 0
    nginx_pods: list[NginxPod] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def start_api(self) -> ApiProcess:
        """Start a pod of the API, and wait until it is ready."""
        api = await asyncio.to_thread(self.processes.enter_context, running_api(self.environ, self.folder))
        while (await asyncio.to_thread(api.get, "/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
        return api

    async def add_endpoint(self, api: ApiProcess) -> None:
        """Make a ready pod an endpoint of the service. nginx has it after the delay of the controllers."""
        self.endpoints.append(api)
        await asyncio.sleep(_ENDPOINT_SECONDS)
        self.reload()

    def start_nginx(self) -> NginxPod:
        """Start a pod of nginx."""
        folder = self.folder / f"nginx-{next(self._numbers)}"
        pod = self.processes.enter_context(running_nginx(self._routes(), folder))
        self.nginx_pods.append(pod)
        return pod

    async def register(self, pod: NginxPod) -> None:
        """Let the load balancer send requests to a pod of nginx, after the delay of its controller."""
        await asyncio.sleep(_TARGET_SECONDS)
        self.targets.append(pod.port)

    async def stop_api(self, api: ApiProcess) -> int:
        """Terminate a pod of the API, as the kubelet does, and return its exit code."""
        removal = asyncio.create_task(self._remove_endpoint(api))
        await asyncio.sleep(self.steps.api_seconds)
        api.terminate()
        await removal
        return await asyncio.to_thread(api.process.wait, TerminationConfig().request_seconds)

    async def stop_nginx(self, pod: NginxPod) -> int:
        """Terminate a pod of nginx, as the kubelet does, and return its exit code."""
        removal = asyncio.create_task(self._remove_target(pod))
        await asyncio.sleep(self.steps.nginx_seconds)
        self.nginx_pods.remove(pod)
        if self.steps.is_nginx_graceful:
            pod.quit()
        else:
            pod.terminate()
        await removal
        return await asyncio.to_thread(pod.process.wait, nginx.SHUTDOWN_SECONDS)

    def reload(self) -> None:
        """Give all nginx pods the present endpoints and shares."""
        for pod in self.nginx_pods:
            pod.reload(self._routes())

    async def _remove_endpoint(self, api: ApiProcess) -> None:
        group = self.canaries if api in self.canaries else self.endpoints
        group.remove(api)
        await asyncio.sleep(_ENDPOINT_SECONDS)
        self.reload()

    async def _remove_target(self, pod: NginxPod) -> None:
        await asyncio.sleep(_TARGET_SECONDS)
        self.targets.remove(pod.port)

    def _routes(self) -> list[NginxRoute]:
        upstreams = [(_upstream("api", self.endpoints), 100 - self.canary_percent)]
        if self.canary_percent:
            upstreams.append((_upstream("canary", self.canaries), self.canary_percent))
        return [NginxRoute(path="/", upstreams=upstreams, config=RouteConfig())]


def _upstream(name: str, pods: list[ApiProcess]) -> Upstream:
    return Upstream(name=name, addresses=[f"127.0.0.1:{pod.port}" for pod in pods])


@asynccontextmanager
async def running_cluster(
    environ: Mapping[str, str], folder: Path, steps: StopSteps
) -> AsyncIterator[LoopbackCluster]:
    """Start two pods of the API behind two of nginx."""
    with ExitStack() as processes:
        cluster = LoopbackCluster(environ, folder, steps, processes)
        cluster.endpoints += [await cluster.start_api(), await cluster.start_api()]
        cluster.targets += [cluster.start_nginx().port, cluster.start_nginx().port]
        yield cluster

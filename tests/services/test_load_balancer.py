"""The load balancer of the simulated cluster keeps connections, and a lost one is a failed request."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.reference_app.nginx_process import NginxProcess
from tests.services import nginx_pod
from tests.services.http_connection import ConnectionLostError
from tests.services.load_balancer import LoadBalancer
from tests.services.nginx_pod import NginxPod

REQUEST = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"
RESPONSE = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class FakePod:
    """A server that answers some requests of a connection, and closes it after it has read another one."""

    most: int = 100
    may_close_idle_connections: bool = False
    port: int = 0
    partial: bytes = b""
    """What the pod answers to the last request of a connection."""
    requests: list[int] = field(default_factory=list)
    """The number of answered requests of each connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.requests)
        self.requests.append(0)
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            if self.requests[number] == self.most:
                writer.write(self.partial)
                break
            self.requests[number] += 1
            writer.write(RESPONSE)
        writer.close()


@asynccontextmanager
async def serving(pod: FakePod) -> AsyncIterator[None]:
    server = await asyncio.start_server(pod.serve, "127.0.0.1", 0)
    async with server:
        pod.port = server.sockets[0].getsockname()[1]
        yield


def run(scenario: Callable[[LoadBalancer], Awaitable[None]], *pods: FakePod) -> LoadBalancer:
    async def balance() -> LoadBalancer:
        balancer = LoadBalancer()
        async with AsyncExitStack() as servers:
            for pod in pods:
                await servers.enter_async_context(serving(pod))
                balancer.register(pod)
            await scenario(balancer)
            balancer.close()
        return balancer

    return asyncio.run(balance())


async def send_three(balancer: LoadBalancer) -> None:
    for _ in range(3):
        assert (await balancer.send(REQUEST)).status == 204


def test_requests_share_a_connection() -> None:
    pod = FakePod()
    assert run(send_three, pod).repeats == 0
    assert pod.requests == [3]


def test_a_request_on_a_connection_that_closes_fails() -> None:
    pod = FakePod(most=2)
    with pytest.raises(ConnectionLostError):
        run(send_three, pod)
    assert pod.requests == [2]


def test_a_request_is_repeated_and_counted_if_an_old_nginx_closes_an_idle_connection() -> None:
    pod = FakePod(most=2, may_close_idle_connections=True)
    assert run(send_three, pod).repeats == 1
    assert pod.requests == [2, 1]


@pytest.mark.parametrize("partial", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n."])
def test_a_request_is_not_repeated_after_a_part_of_its_response(partial: bytes) -> None:
    pod = FakePod(most=2, may_close_idle_connections=True, partial=partial)
    with pytest.raises(ConnectionLostError):
        run(send_three, pod)
    assert pod.requests == [2]


def test_only_an_old_nginx_that_reloads_and_does_not_stop_may_close_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        pod = NginxPod(0, NginxProcess(tmp_path, process, lambda folder: ""))
        monkeypatch.setattr(nginx_pod, "nginx_version", lambda: (1, 22, 1))
        found = [pod.may_close_idle_connections]
        pod.reload()
        found.append(pod.may_close_idle_connections)
        monkeypatch.setattr(nginx_pod, "nginx_version", lambda: (1, 27, 4))
        found.append(pod.may_close_idle_connections)
        monkeypatch.setattr(nginx_pod, "nginx_version", lambda: (1, 22, 1))
        pod.quit()
        found.append(pod.may_close_idle_connections)
        process.kill()
    assert found == [False, True, False, False]


def test_a_target_that_deregisters_gets_no_requests() -> None:
    leaving, staying = FakePod(), FakePod()

    async def deregister(balancer: LoadBalancer) -> None:
        await send_three(balancer)
        balancer.deregister(leaving)
        await send_three(balancer)

    run(deregister, leaving, staying)
    assert (leaving.requests, staying.requests) == ([2], [4])

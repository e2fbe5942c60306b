"""The load balancer of the simulated cluster keeps connections, and a lost one is a failed request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.services.http_connection import ConnectionLostError
from tests.services.load_balancer import LoadBalancer

REQUEST = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"
RESPONSE = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class FakePod:
    """A server that answers some requests of a connection, and closes it after it has read another one."""

    most: int = 100
    may_close_idle_connections: bool = False
    port: int = 0
    requests: list[int] = field(default_factory=list)
    """The number of answered requests of each connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.requests)
        self.requests.append(0)
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            if self.requests[number] == self.most:
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


def run(scenario: Callable[[LoadBalancer], Awaitable[None]], *pods: FakePod) -> None:
    async def balance() -> None:
        balancer = LoadBalancer()
        async with AsyncExitStack() as servers:
            for pod in pods:
                await servers.enter_async_context(serving(pod))
                balancer.register(pod)
            await scenario(balancer)
            balancer.close()

    asyncio.run(balance())


async def send_three(balancer: LoadBalancer) -> None:
    for _ in range(3):
        assert (await balancer.send(REQUEST)).status == 204


def test_requests_share_a_connection() -> None:
    pod = FakePod()
    run(send_three, pod)
    assert pod.requests == [3]


def test_a_request_on_a_connection_that_closes_fails() -> None:
    pod = FakePod(most=2)
    with pytest.raises(ConnectionLostError):
        run(send_three, pod)
    assert pod.requests == [2]


def test_a_request_is_repeated_if_an_old_nginx_closes_an_idle_connection() -> None:
    pod = FakePod(most=2, may_close_idle_connections=True)
    run(send_three, pod)
    assert pod.requests == [2, 1]


def test_a_target_that_deregisters_gets_no_requests() -> None:
    leaving, staying = FakePod(), FakePod()

    async def deregister(balancer: LoadBalancer) -> None:
        await send_three(balancer)
        balancer.deregister(leaving)
        await send_three(balancer)

    run(deregister, leaving, staying)
    assert (leaving.requests, staying.requests) == ([2], [4])

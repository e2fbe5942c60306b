"""A load balancer that keeps connections to its targets, as an Application Load Balancer does.

It sends requests to the registered targets in turn. A target that deregisters gets no new requests, and its
idle connections are closed after the deregistration delay.

It repeats no request, with one exception: nginx before 1.27.4 closes idle connections when it reads a new
configuration. A request on such a connection is repeated once if the pod reads a configuration, does not
stop, and has sent no byte of a response. `repeats` counts these requests, and tests limit their number.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from constructs_arq.compute.target_group import DEREGISTRATION_SECONDS
from tests.services.http_connection import Connection, ConnectionLostError, Response
from tests.services.time_scale import scaled


class Pod(Protocol):
    """A pod of nginx."""

    @property
    def port(self) -> int: ...

    @property
    def may_close_idle_connections(self) -> bool:
        """Whether the pod may close connections at once, because it reads a new configuration."""


@dataclass
class _Target:
    pod: Pod
    idle: list[Connection] = field(default_factory=list)
    repeats: int = 0

    async def send(self, request: bytes) -> Response:
        """Send a request on an idle connection, or on a new one."""
        connection = self._take_idle()
        if connection is None:
            return await self._send_on(await Connection.open(self.pod.port), request)
        try:
            return await self._send_on(connection, request)
        except ConnectionLostError as error:
            # The platform's nginx keeps idle connections, so the platform has no such failures.
            if error.received or not self.pod.may_close_idle_connections:
                raise
        self.repeats += 1
        return await self._send_on(await Connection.open(self.pod.port), request)

    def close(self) -> None:
        """Close the idle connections."""
        while self.idle:
            self.idle.pop().close()

    def _take_idle(self) -> Connection | None:
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open:
                return connection
            connection.close()
        return None

    async def _send_on(self, connection: Connection, request: bytes) -> Response:
        response = await connection.exchange(request)
        if response.is_last:
            connection.close()
        else:
            self.idle.append(connection)
        return response


class LoadBalancer:
    """Sends requests to pods of nginx."""

    def __init__(self) -> None:
        self._targets: list[_Target] = []
        self._deregistering: list[_Target] = []
        self._turns: Iterator[int] = count()

    @property
    def repeats(self) -> int:
        """The number of requests that were sent twice."""
        return sum(target.repeats for target in (*self._targets, *self._deregistering))

    def register(self, pod: Pod) -> None:
        """Send requests to a pod from now on."""
        self._targets.append(_Target(pod))

    def deregister(self, pod: Pod) -> None:
        """Send no new requests to a pod."""
        (target,) = (each for each in self._targets if each.pod is pod)
        self._targets.remove(target)
        self._deregistering.append(target)
        asyncio.get_running_loop().call_later(scaled(DEREGISTRATION_SECONDS), target.close)

    async def send(self, request: bytes) -> Response:
        """Return the response of the next target.

        Raises:
            OSError: if the target accepts no connection, or closes it before it has sent the whole response.
        """
        return await self._targets[next(self._turns) % len(self._targets)].send(request)

    def close(self) -> None:
        """Close all idle connections."""
        for target in (*self._targets, *self._deregistering):
            target.close()

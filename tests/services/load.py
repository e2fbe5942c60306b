"""Bounded load on the gateway: customers of the ledger, who read and write until they are stopped."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

import httpx

_CLIENTS = 8
_MOST_REQUESTS = 60_000
_PAUSE_SECONDS = 0.005


@dataclass
class Load:
    """Requests to the registered nginx pods, in turn, as a load balancer sends them.

    Each request has its own connection, because nginx before 1.27.4 closes idle ones when it reads a new
    configuration. Each has another client address, since one client has a rate limit.
    """

    targets: Callable[[], Sequence[int]]
    answers: Counter[str] = field(default_factory=Counter)
    is_stopped: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def failed(self) -> dict[str, int]:
        """The number of answers by failure."""
        return {answer: number for answer, number in self.answers.items() if not answer.startswith("2")}

    @property
    def total(self) -> int:
        """The number of requests."""
        return self.answers.total()

    async def run(self) -> None:
        """Send requests until `is_stopped`, or the limit."""
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(limits=limits, timeout=20) as client:
            await asyncio.gather(*(self._act_as_customer(client) for _ in range(_CLIENTS)))

    async def _act_as_customer(self, client: httpx.AsyncClient) -> None:
        session = (await self._send(client, "POST", "/api/session", {})).headers["set-cookie"].split(";")[0]
        cookie = {"Cookie": session}
        created = await self._send(client, "POST", "/api/accounts", cookie, {"currency": "EUR"})
        path = f"/api/accounts/{created.json()['id']}"
        while not self.is_stopped and self.total < _MOST_REQUESTS:
            entry = {"amount_minor": 1, "reference": "load"}
            headers = {**cookie, "Idempotency-Key": str(uuid4())}
            await self._count(client, "POST", f"{path}/entries", headers, entry)
            for _ in range(4):
                await self._count(client, "GET", path, cookie)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _count(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        headers: dict[str, str],
        body: object = None,
    ) -> None:
        try:
            answer = await self._send(client, method, path, headers, body)
        except httpx.HTTPError as error:
            self.answers[type(error).__name__] += 1
            return
        self.answers[str(answer.status_code)] += 1

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        headers: dict[str, str],
        body: object = None,
    ) -> httpx.Response:
        number, targets = next(self._numbers), self.targets()
        port = targets[number % len(targets)]
        address = f"198.51.{number // 256 % 256}.{number % 256}"
        return await client.request(
            method,
            f"http://127.0.0.1:{port}{path}",
            headers={**headers, "X-Forwarded-For": address},
            json=body,
        )

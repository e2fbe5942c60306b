"""Bounded load on the gateway: customers of the ledger, who read and write until a request fails."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from tests.services.http_connection import Response
from tests.services.load_balancer import LoadBalancer

_CUSTOMERS = 16
_MOST_REQUESTS = 60_000
_PAUSE_SECONDS = 0.02
_READS_PER_ENTRY = 4


class RequestFailedError(Exception):
    """A request got no answer, or one that is not a success."""


@dataclass
class Load:
    """Requests through a load balancer, each of another client, because nginx limits the rate of one."""

    balancer: LoadBalancer
    answers: Counter[str] = field(default_factory=Counter)
    is_failed: bool = False
    _least: int = _MOST_REQUESTS
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def total(self) -> int:
        """The number of answers and failures."""
        return self.answers.total()

    @property
    def failed(self) -> dict[str, int]:
        """The number of failed requests by failure."""
        return {answer: number for answer, number in self.answers.items() if not answer.startswith("2")}

    def finish(self, *, least: int) -> None:
        """Stop when there were at least this many requests."""
        self._least = least

    async def run(self) -> None:
        """Send requests until one fails, or until `finish`."""
        await asyncio.gather(*(self._act_as_customer() for _ in range(_CUSTOMERS)))

    async def _act_as_customer(self) -> None:
        try:
            await self._keep_account()
        except RequestFailedError:
            self.is_failed = True

    async def _keep_account(self) -> None:
        session = (await self._send("POST", "/api/session")).headers["set-cookie"].split(";")[0]
        cookie = {"Cookie": session}
        created = await self._send("POST", "/api/accounts", cookie, {"currency": "EUR"})
        path = f"/api/accounts/{json.loads(created.body)['id']}"
        while not self.is_failed and self.total < self._least:
            entry = {"amount_minor": 1, "reference": "load"}
            await self._send("POST", f"{path}/entries", {**cookie, "Idempotency-Key": str(uuid4())}, entry)
            for _ in range(_READS_PER_ENTRY):
                await asyncio.sleep(_PAUSE_SECONDS)
                await self._send("GET", path, cookie)

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None
    ) -> Response:
        number = next(self._numbers)
        address = {"X-Forwarded-For": f"198.51.{number // 256 % 256}.{number % 256}"}
        try:
            response = await self.balancer.send(
                encode_request(method, path, {**(headers or {}), **address}, body)
            )
        except OSError as error:
            self.answers[type(error).__name__] += 1
            raise RequestFailedError from error
        self.answers[str(response.status)] += 1
        if response.status >= 300:
            raise RequestFailedError
        return response


def encode_request(method: str, path: str, headers: Mapping[str, str], body: object) -> bytes:
    """Return an HTTP/1.1 request with a JSON body."""
    content = b"" if body is None else json.dumps(body).encode()
    fixed = {"Host": "shop.example", "Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**fixed, **headers}.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content

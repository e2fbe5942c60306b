"""Requests to the pods of the API at a constant rate, also while they don't answer."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import httpx

PER_SECOND = 20
_MOST_SECONDS = 150
# Longer than the API waits for a connection of its database.
_SECONDS_TO_ANSWER = 10


@dataclass(frozen=True)
class Answer:
    """The monotonic times of a request and of its answer. Status 0 is no answer."""

    sent: float
    received: float
    status: int


@dataclass
class Load:
    """A customer who reads one account, each time from the next pod."""

    urls: Sequence[str]
    answers: list[Answer] = field(default_factory=list)
    _stopping: bool = False

    def failed_since(self, moment: float) -> list[Answer]:
        """Return the failed answers to requests that were sent after a moment."""
        return [each for each in self.answers if each.sent > moment and not 200 <= each.status < 500]

    def succeeded_since(self, moment: float) -> list[Answer]:
        """Return the successful answers to requests that were sent after a moment."""
        return [each for each in self.answers if each.sent > moment and each.status == 200]

    def stop(self) -> None:
        """Send no more requests."""
        self._stopping = True

    def run(self) -> None:
        """Send requests until `stop`, or for a limited time."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=_SECONDS_TO_ANSWER, limits=limits) as client:
            path = await self._open_account(client)
            start = time.monotonic()
            tasks = []
            for number in range(PER_SECOND * _MOST_SECONDS):
                if self._stopping:
                    break
                await asyncio.sleep(max(0.0, start + number / PER_SECOND - time.monotonic()))
                url = self.urls[number % len(self.urls)] + path
                tasks.append(asyncio.create_task(self._send(client, url)))
            for task in tasks:
                task.cancel()

    async def _open_account(self, client: httpx.AsyncClient) -> str:
        """Return the path of a new account. The pods share their sessions, and a client its cookies."""
        (await client.post(f"{self.urls[0]}/api/session")).raise_for_status()
        account = await client.post(f"{self.urls[0]}/api/accounts", json={"currency": "EUR"})
        return f"/api/accounts/{account.raise_for_status().json()['id']}"

    async def _send(self, client: httpx.AsyncClient, url: str) -> None:
        sent = time.monotonic()
        try:
            status = (await client.get(url)).status_code
        except httpx.HTTPError:
            status = 0
        self.answers.append(Answer(sent, time.monotonic(), status))


@contextmanager
def running_load(urls: Sequence[str]) -> Iterator[Load]:
    """Send requests in another thread."""
    load = Load(urls)
    thread = Thread(target=load.run, daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.stop()
        thread.join(timeout=2 * _SECONDS_TO_ANSWER)

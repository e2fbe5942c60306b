"""Requests for receipts: the API stores each with its entry, and sends it to a queue afterwards.

A request is stored in the transaction of its entry. So none is lost if SQS fails or the process ends. SQS can
get a request twice, which changes nothing.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from psycopg.rows import scalar_row

from services.api.database import Pool, PoolConnection
from services.api.queue import MAX_BATCH, Sender
from services.api.settings import ReceiptSettings

_SECONDS_BETWEEN_BATCHES = 1.0
_SECONDS_AFTER_FAILURE = 5.0
_SECONDS_BETWEEN_MEASUREMENTS = 5.0
_STORE = "INSERT INTO api.receipt_requests (entry_id) VALUES (%s)"
# Other processes skip the rows until the transaction ends.
_TAKE = """
DELETE FROM api.receipt_requests WHERE entry_id IN (
    SELECT entry_id FROM api.receipt_requests ORDER BY entry_id LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING entry_id
"""
MAX_LENGTH = 10_000
"""The largest length that is measured: each process counts the rows again and again."""
_COUNT = "SELECT count(*) FROM (SELECT FROM api.receipt_requests LIMIT %s) AS requests"

_log = structlog.stdlib.get_logger("services.api")


class Outbox:
    """Stores requests for receipts, and sends those that this or another process stored."""

    def __init__(self, pool: Pool, sender: Sender) -> None:
        self._pool = pool
        self._sender = sender
        self._measured = -math.inf
        self.length: float = math.nan
        """The stored requests of all processes some seconds ago, or NaN if their number is not known."""

    async def store(self, connection: PoolConnection, entry: int) -> None:
        """Store a request in the transaction of the connection."""
        await connection.execute(_STORE, (entry,))

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send stored requests in the background."""
        task = asyncio.create_task(self._send())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _send(self) -> None:
        while True:
            try:
                is_full = await self._send_batch() == MAX_BATCH
            except Exception:  # noqa: BLE001  # nothing else sends the requests, so the task must go on
                _log.exception("requests for receipts wait")
                pause = _SECONDS_AFTER_FAILURE
            else:
                pause = 0 if is_full else _SECONDS_BETWEEN_BATCHES
            await self._measure()
            await asyncio.sleep(pause)

    async def _measure(self) -> None:
        now = time.monotonic()
        if now < self._measured + _SECONDS_BETWEEN_MEASUREMENTS:
            return
        self._measured = now
        try:
            async with (
                self._pool.connection() as connection,
                connection.cursor(row_factory=scalar_row) as cursor,
            ):
                await cursor.execute(_COUNT, (MAX_LENGTH,))
                self.length = float(await cursor.fetchone() or 0)
        except Exception:  # noqa: BLE001  # the same; the failure of the batch is logged
            self.length = math.nan

    async def _send_batch(self) -> int:
        # An exception rolls back, so the requests stay stored.
        async with self._pool.connection() as connection, connection.cursor(row_factory=scalar_row) as cursor:
            await cursor.execute(_TAKE, (MAX_BATCH,))
            entries = await cursor.fetchall()
            if entries:
                await asyncio.to_thread(self._sender.send_entries, entries)
        return len(entries)


def make_outbox(settings: ReceiptSettings, pool: Pool) -> Outbox | None:
    """Return the outbox if there is a queue."""
    if settings.url is None or settings.region is None:
        return None
    return Outbox(pool, Sender(url=settings.url, region=settings.region))

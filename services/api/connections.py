"""The connections of a process: they open when it starts, and close when it stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from valkey.asyncio import Valkey

from services.api.cache import make_cache
from services.api.database import Pool, make_pool, make_readiness_pool
from services.api.settings import Settings

_SECONDS_TO_CLOSE = 5


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Closed connections to the database, for requests and for the readiness, and to the cache."""

    requests: Pool
    readiness: Pool
    cache: Valkey

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the connections. They connect in the background, so a process starts without a database."""
        await self.requests.open()
        await self.readiness.open()
        try:
            yield
        finally:
            await self.requests.close(timeout=_SECONDS_TO_CLOSE)
            await self.readiness.close(timeout=_SECONDS_TO_CLOSE)
            await self.cache.aclose()


def make_connections(settings: Settings) -> Connections:
    """Return the connections that the settings name."""
    return Connections(
        requests=make_pool(settings.database),
        readiness=make_readiness_pool(settings.database),
        cache=make_cache(settings.cache),
    )

"""Liveness and readiness."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from services.api.database import Pool

_SECONDS_TO_CHECK = 2
_FAILURES = (OperationalError, PoolTimeout, ValkeyError, OSError, TimeoutError)

QUIET_ROUTES = frozenset({"/healthz", "/metrics", "/readyz"})
"""The routes of probes and scrapes, which come every few seconds."""

Check = Callable[[], Awaitable[object]]


class Draining:
    """Whether the process stops soon. It finishes its requests, but load balancers must send no new ones."""

    def __init__(self) -> None:
        self.is_active = False

    def begin(self) -> None:
        """Fail the readiness from now on."""
        self.is_active = True


class Readiness(BaseModel):
    """The state of the process and of each dependency."""

    status: str
    dependencies: dict[str, str]


def health_routes(checks: Mapping[str, Check], draining: Draining) -> APIRouter:
    """Return the routes for the kubelet, load balancers and the site.

    Liveness has no dependencies: a restart can't repair a database.
    """
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    @router.get("/api/health")
    async def show_liveness() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def show_readiness(response: Response) -> Readiness:
        if draining.is_active:
            response.status_code = 503
            return Readiness(status="draining", dependencies={})
        results = await asyncio.gather(*(_describe(check) for check in checks.values()))
        dependencies = dict(zip(checks, results, strict=True))
        is_ready = set(results) == {"ok"}
        response.status_code = 200 if is_ready else 503
        return Readiness(status="ok" if is_ready else "unavailable", dependencies=dependencies)

    return router


def database_check(pool: Pool) -> Check:
    """Return a check that the pool has a connection that answers."""

    async def check() -> None:
        async with pool.connection(timeout=_SECONDS_TO_CHECK) as connection:
            await connection.execute("SELECT 1")

    return check


def cache_check(cache: Valkey) -> Check:
    """Return a check that the cache answers."""

    async def check() -> None:
        await cache.ping()

    return check


async def _describe(check: Check) -> str:
    try:
        async with asyncio.timeout(_SECONDS_TO_CHECK):
            await check()
    except _FAILURES:
        return "unavailable"
    return "ok"

"""A client of the application in the same process, without a network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from services.api.app import assemble_app
from services.api.connections import make_connections
from services.api.health import Draining
from services.api.receipt_requests import make_receipt_requests
from services.api.settings import read_settings

T = TypeVar("T")


@asynccontextmanager
async def connected(
    environ: Mapping[str, str], draining: Draining | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of an application with open connections."""
    settings = read_settings(environ)
    connections = make_connections(settings)
    async with connections.opened():
        request_receipt = make_receipt_requests(settings.receipts)
        app = assemble_app(settings.service, connections, request_receipt, draining or Draining())
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://shop.example"
        ) as client:
            yield client


def use(environ: Mapping[str, str], steps: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Run steps with a client, and return their result."""

    async def run() -> T:
        async with connected(environ) as client:
            return await steps(client)

    return asyncio.run(run())

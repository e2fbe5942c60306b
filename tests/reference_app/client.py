"""A client of the application in the same process, without a network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx
from starlette.types import ASGIApp, Message

from services.api.app import make_app
from services.api.health import Draining
from services.api.settings import read_settings

T = TypeVar("T")


@asynccontextmanager
async def _started(app: ASGIApp) -> AsyncIterator[None]:
    """Start the application as a server does. https://asgi.readthedocs.io/en/latest/specs/lifespan.html"""
    received: asyncio.Queue[Message] = asyncio.Queue()
    sent: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.ensure_future(app({"type": "lifespan"}, received.get, sent.put))
    await received.put({"type": "lifespan.startup"})
    assert (await sent.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await received.put({"type": "lifespan.shutdown"})
        await task
    assert (await sent.get())["type"] == "lifespan.shutdown.complete"


@asynccontextmanager
async def connected(
    environ: Mapping[str, str], draining: Draining | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of an application with open connections."""
    settings = read_settings(environ)
    app = make_app(settings, draining or Draining())
    async with (
        _started(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://shop.example") as client,
    ):
        yield client


def use(environ: Mapping[str, str], steps: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Run steps with a client, and return their result."""

    async def run() -> T:
        async with connected(environ) as client:
            return await steps(client)

    return asyncio.run(run())

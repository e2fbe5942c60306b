"""The application: connections, routes and errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout
from starlette.types import ASGIApp
from valkey.exceptions import ConnectionError as CacheConnectionError
from valkey.exceptions import TimeoutError as CacheTimeoutError

from services.api.connections import Connections, make_connections
from services.api.health import Draining, cache_check, database_check, health_routes
from services.api.ledger import AccountMissingError, EntryRefusedError, Ledger
from services.api.ledger_routes import ledger_routes
from services.api.metrics import Metrics, OutboxCollector, PoolCollector, metrics_routes
from services.api.outbox import Outbox, make_outbox
from services.api.requests import Requests
from services.api.session_routes import session_routes
from services.api.sessions import SessionMissingError, Sessions
from services.api.settings import ServiceSettings, Settings

_UNAVAILABLE = (
    psycopg.OperationalError,
    PoolTimeout,
    CacheConnectionError,
    CacheTimeoutError,
)


def make_app(settings: Settings, draining: Draining) -> ASGIApp:
    """Return the application with its connections, which open when it starts and close when it stops."""
    connections = make_connections(settings)
    outbox = make_outbox(settings.receipts, connections.requests)
    return assemble_app(settings.service, connections, outbox, draining)


def assemble_app(
    settings: ServiceSettings, connections: Connections, outbox: Outbox | None, draining: Draining
) -> ASGIApp:
    """Return the application that uses these connections."""

    @asynccontextmanager
    async def open_connections(_: FastAPI) -> AsyncIterator[None]:
        async with connections.opened(), outbox.sending() if outbox else nullcontext():
            yield

    metrics = Metrics(settings.release)
    metrics.registry.register(PoolCollector(connections.requests))
    if outbox:
        metrics.registry.register(OutboxCollector(outbox))
    sessions = Sessions(connections.cache, seconds=settings.session_minutes * 60)
    checks = {
        "database": database_check(connections.readiness),
        "cache": cache_check(connections.cache),
    }
    app = FastAPI(title="Shop API", lifespan=open_connections, openapi_url="/api/openapi.json", docs_url=None)
    app.include_router(health_routes(checks, draining))
    app.include_router(metrics_routes(metrics.registry))
    app.include_router(session_routes(sessions, secure_cookies=settings.secure_cookies))
    app.include_router(ledger_routes(Ledger(connections.requests, outbox), sessions))
    _handle_errors(app)
    return Requests(app, metrics=metrics, draining=draining)


def _handle_errors(app: FastAPI) -> None:
    async def answer_missing_session(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"detail": "no session"}, status_code=401)

    async def answer_missing_account(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({"detail": "no such account"}, status_code=404)

    async def answer_refused_entry(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=409)

    async def answer_unavailable(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse(
            {"detail": "temporarily unavailable"}, status_code=503, headers={"Retry-After": "1"}
        )

    app.add_exception_handler(SessionMissingError, answer_missing_session)
    app.add_exception_handler(AccountMissingError, answer_missing_account)
    app.add_exception_handler(EntryRefusedError, answer_refused_entry)
    for error in _UNAVAILABLE:
        app.add_exception_handler(error, answer_unavailable)

"""Observes all requests: ids, logs, metrics, error reports."""

import re
import time
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.error_reports import Trace, report_error, traced_request
from services.api.health import QUIET_ROUTES, Draining
from services.api.metrics import Metrics

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_ROOT = re.compile(r"\bRoot=([0-9a-f-]{8,64})(?:;|$)")
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

log = structlog.stdlib.get_logger("services.api")


@dataclass
class Exchange:
    """A request and the progress of its response."""

    scope: Scope
    id: str
    status: int = 500
    started: float = field(default_factory=time.perf_counter)

    @property
    def method(self) -> str:
        """The method, or `other`: clients can send any word."""
        method: str = self.scope["method"]
        return method if method in _METHODS else "other"

    @property
    def route(self) -> str:
        """The template of the path, such as `/api/accounts/{account}`: paths contain ids."""
        return getattr(self.scope.get("route"), "path", "unmatched")


class Requests:
    """The outermost application: it sees each response, and each error that the routes do not handle."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, draining: Draining) -> None:
        self._app = app
        self._metrics = metrics
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, _request_id(scope))
        with structlog.contextvars.bound_contextvars(request_id=exchange.id), traced_request() as trace:
            with self._metrics.in_flight.track_inprogress():
                await self._answer(exchange, receive, send)
            self._record(exchange, trace)

    async def _answer(self, exchange: Exchange, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                message = {**message, "headers": [*message["headers"], *self._headers(exchange)]}
            await send(message)

        try:
            await self._app(exchange.scope, receive, send_with_headers)
        except Exception as error:  # Starlette has answered with 500, and raises the error again.
            self._metrics.errors.inc()
            log.exception("request failed", method=exchange.method, route=exchange.route)
            report_error(error, route=exchange.route, request_id=exchange.id)

    def _headers(self, exchange: Exchange) -> list[tuple[bytes, bytes]]:
        headers = [(b"x-request-id", exchange.id.encode()), (b"cache-control", b"no-store")]
        # A proxy must not send another request on a connection that closes soon.
        return [*headers, (b"connection", b"close")] if self._draining.is_active else headers

    def _record(self, exchange: Exchange, trace: Trace) -> None:
        seconds = time.perf_counter() - exchange.started
        labels = {"method": exchange.method, "route": exchange.route, "status": exchange.status}
        self._metrics.observe(
            method=exchange.method, route=exchange.route, status=exchange.status, seconds=seconds
        )
        trace.describe(
            method=exchange.method, route=exchange.route, status=exchange.status, request_id=exchange.id
        )
        write = log.debug if exchange.route in QUIET_ROUTES else log.info
        write("request", **labels, duration_ms=round(seconds * 1000, 1))


def _request_id(scope: Scope) -> str:
    """Return the id that nginx sent, or that of the load balancer's trace, or a new one.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
    """
    headers = dict(scope["headers"])
    sent: str = headers.get(b"x-request-id", b"").decode("latin-1")
    trace: str = headers.get(b"x-amzn-trace-id", b"").decode("latin-1")
    if _ID.fullmatch(sent):
        return sent
    root = _ROOT.search(trace)
    return root[1] if root else uuid4().hex

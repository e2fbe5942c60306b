"""Metrics in Prometheus' format."""

from collections.abc import Iterable

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services.api.database import Pool
from services.api.outbox import MAX_LENGTH, Outbox

# The objective of the API is an answer within 300 ms.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
_LABELS = ("method", "route", "status")


class Metrics:
    """The metrics of one process. Labels have few values: routes are templates."""

    def __init__(self, release: str) -> None:
        self.registry = CollectorRegistry()
        self._duration = Histogram(
            "http_request_duration_seconds",
            "Time from the request's first byte to the response's last one.",
            _LABELS,
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests without a complete response.", registry=self.registry
        )
        self.errors = Counter(
            "http_request_errors", "Requests that ended in an unexpected error.", registry=self.registry
        )
        build = Gauge("app_info", "The release of the API.", ("release",), registry=self.registry)
        build.labels(release).set(1)

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Record a complete response."""
        self._duration.labels(method, route, str(status)).observe(seconds)


class PoolCollector(Collector):
    """Reads the state of the connection pool when Prometheus asks for it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the gauges."""
        stats = self._pool.get_stats()
        connections = GaugeMetricFamily(
            "database_pool_connections", "Connections of the pool.", labels=["state"]
        )
        idle = stats.get("pool_available", 0)
        connections.add_metric(["idle"], idle)
        connections.add_metric(["used"], stats.get("pool_size", 0) - idle)
        yield connections
        yield GaugeMetricFamily(
            "database_pool_max_connections", "The largest size of the pool.", value=stats.get("pool_max", 0)
        )
        yield GaugeMetricFamily(
            "database_pool_waiting_requests",
            "Requests that wait for a connection.",
            value=stats.get("requests_waiting", 0),
        )


class OutboxCollector(Collector):
    """Shows how many requests for receipts wait. All pods show the same number."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the gauge."""
        yield GaugeMetricFamily(
            "receipt_requests_waiting",
            f"Requests for receipts that no process has sent to the queue, at most {MAX_LENGTH}.",
            value=self._outbox.length,
        )


def metrics_routes(registry: CollectorRegistry) -> APIRouter:
    """Return the route /metrics. The ingress does not forward it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router

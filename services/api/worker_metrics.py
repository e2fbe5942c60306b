"""Metrics of the worker that issues receipts, and the port where Prometheus and the kubelet read them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_RESULTS = ("processed", "failed")
_SECONDS_TO_READ = 5


class WorkerMetrics:
    """The metrics of one process."""

    def __init__(self, release: str) -> None:
        self.registry = CollectorRegistry()
        self._duration = Histogram(
            "message_duration_seconds",
            "Time from the receipt of a message to the end of its work.",
            ("result",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        for result in _RESULTS:
            # From the start on: an increase from a missing value to one is not visible.
            self._duration.labels(result)
        self.unavailable = Counter(
            "dependency_failures", "Times that the database or the queue was away.", registry=self.registry
        )
        build = Gauge("app_info", "The release of the program.", ("release",), registry=self.registry)
        build.labels(release).set(1)

    def observe(self, *, succeeded: bool, seconds: float) -> None:
        """Record a message that was processed, or that failed and stays in the queue."""
        self._duration.labels(_RESULTS[0] if succeeded else _RESULTS[1]).observe(seconds)


@contextmanager
def serving_metrics(metrics: WorkerMetrics, *, port: int, is_alive: Callable[[], bool]) -> Iterator[None]:
    """Serve `/metrics` and `/healthz` in other threads."""

    class Handler(BaseHTTPRequestHandler):
        # A client that sends nothing keeps no thread.
        timeout = _SECONDS_TO_READ

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, generate_latest(metrics.registry))
            elif self.path == "/healthz":
                self._answer(HTTPStatus.OK if is_alive() else HTTPStatus.SERVICE_UNAVAILABLE)
            else:
                self._answer(HTTPStatus.NOT_FOUND)

        def _answer(self, status: HTTPStatus, content: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Write no log: scrapes come every few seconds."""

    # Pods are reached by their address.
    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)  # noqa: S104
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""The HTTP server and its shutdown."""

import asyncio
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from services.api.health import Draining
from services.api.settings import ServiceSettings

# Longer than nginx keeps idle connections, so that nginx closes them and not the API: the gateway 30 s, and
# nginx by default 60 s.
_SECONDS_IDLE = 75


class Server(uvicorn.Server):
    """Stops in steps after SIGTERM: not ready, no new connections, last responses, closed connections.

    Between the first two steps, `drain_seconds` pass. It is zero in the cluster, where a preStop hook waits
    before SIGTERM. A second signal stops at once.
    """

    def __init__(self, config: uvicorn.Config, draining: Draining, *, drain_seconds: float) -> None:
        super().__init__(config)
        self._draining = draining
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Begin the shutdown. uvicorn calls it in the main thread on SIGINT and SIGTERM."""
        if self._draining.is_active:
            self.should_exit = self.force_exit = True
            return
        self._draining.begin()
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, self._drain_seconds, self._stop)

    def _stop(self) -> None:
        self.should_exit = True


def run_server(app: ASGIApp, draining: Draining, settings: ServiceSettings) -> None:
    """Serve plain HTTP until a signal. nginx in front terminates TLS."""
    config = uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104 - pods and containers are reached by their address
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Only logs would use the client's address, and they have no personal data.
        proxy_headers=False,
        lifespan="on",
        timeout_keep_alive=_SECONDS_IDLE,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    Server(config, draining, drain_seconds=settings.drain_seconds).run()

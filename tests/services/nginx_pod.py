"""nginx with the gateway's configuration, as a pod on loopback."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from constructs_arq.services import nginx_settings as nginx
from constructs_arq.services.nginx_configuration import NginxRoute, NginxServer, render_nginx
from tests.reference_app.nginx_process import NginxProcess, nginx_version, running_nginx
from tests.reference_app.ports import free_port
from tests.services.time_scale import scaled

FIRST_WITH_MIN_KEEPALIVE = (1, 27, 4)
# From the signal to a reload until the last request on a connection that an old worker closed. Measured on a
# busy machine: 0.3 seconds.
_RELOAD_SECONDS = 2
_MIN_KEEPALIVE = "keepalive_min_timeout"


@dataclass
class NginxPod:
    """A running nginx. After `is_stopping`, its container has ended or does so."""

    port: int
    nginx: NginxProcess
    is_stopping: bool = False
    reloaded: float = -math.inf

    @property
    def may_close_idle_connections(self) -> bool:
        """Whether nginx reloads and closes idle connections at once, as it does before 1.27.4."""
        is_reloading = time.monotonic() < self.reloaded + _RELOAD_SECONDS
        return is_reloading and not self.is_stopping and nginx_version() < FIRST_WITH_MIN_KEEPALIVE

    def reload(self) -> None:
        """Read the present configuration."""
        self.nginx.reload()
        self.reloaded = time.monotonic()

    def quit(self) -> None:
        """Finish the requests and stop."""
        self.is_stopping = True
        self.nginx.quit()

    def terminate(self) -> None:
        """Stop at once."""
        self.is_stopping = True
        self.nginx.terminate()


@contextmanager
def running_pod(routes: Callable[[], Sequence[NginxRoute]]) -> Iterator[NginxPod]:
    """Start nginx on a free port. It asks for the routes when it starts and when it reloads."""
    port, readiness_port = free_port(), free_port()

    def configure(folder: Path) -> str:
        server = NginxServer(
            listen=f"127.0.0.1:{port}",
            trusted_ranges=("127.0.0.0/8",),
            version=nginx_version(),
            folder=str(folder),
            readiness_address=f"127.0.0.1:{readiness_port}",
        )
        seconds = nginx.CLIENT_MIN_KEEPALIVE_SECONDS
        written = f"{_MIN_KEEPALIVE} {seconds}s;"
        return render_nginx(server, routes()).replace(
            written, f"{_MIN_KEEPALIVE} {scaled(seconds) * 1000:.0f}ms;"
        )

    with running_nginx(configure, port=port) as process:
        yield NginxPod(port, process)

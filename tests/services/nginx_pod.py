"""Debian's nginx with the gateway's configuration, as a pod on loopback."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from constructs_arq.services.nginx_configuration import NginxRoute, NginxServer, render_nginx
from tests.reference_app.ports import free_port, wait_for_port

# Debian 12 has 1.22, which has no keepalive_min_timeout.
VERSION = (1, 22, 1)


@dataclass(frozen=True)
class NginxPod:
    """A running nginx."""

    port: int
    readiness_port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def reload(self, routes: Sequence[NginxRoute]) -> None:
        """Write another configuration, and let nginx read it."""
        _write(self.folder, self.port, self.readiness_port, routes)
        self.process.send_signal(signal.SIGHUP)

    def quit(self) -> None:
        """Stop as `nginx -s quit`: accept no connections, and finish the requests."""
        self.process.send_signal(signal.SIGQUIT)

    def terminate(self) -> None:
        """Stop at once, as the container on SIGTERM."""
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def running_nginx(routes: Sequence[NginxRoute], folder: Path) -> Iterator[NginxPod]:
    """Start nginx on a free port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "nginx is not installed: run scripts/install_test_programs"
    port, readiness_port = free_port(), free_port()
    folder.mkdir()
    _write(folder, port, readiness_port, routes)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-c", folder / "nginx.conf", "-e", "stderr", "-g", "daemon off;"],
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_port(port)
        yield NginxPod(port, readiness_port, folder, process)
    finally:
        process.terminate()
        process.wait(10)


def _write(folder: Path, port: int, readiness_port: int, routes: Sequence[NginxRoute]) -> None:
    server = NginxServer(
        listen=f"127.0.0.1:{port}",
        trusted_ranges=("127.0.0.0/8",),
        version=VERSION,
        folder=str(folder),
        readiness_address=f"127.0.0.1:{readiness_port}",
    )
    (folder / "nginx.conf").write_text(render_nginx(server, routes))

"""nginx of this machine, as a process on loopback with a configuration of the project."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.reference_app.ports import wait_for_port

TEMPORARY_FILES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class NginxProcess:
    """A running nginx. `configure` returns the present configuration for its folder."""

    folder: Path
    process: subprocess.Popen[bytes]
    configure: Callable[[Path], str]

    @property
    def access_log(self) -> Path:
        """The output of nginx."""
        return self.folder / "access.log"

    def reload(self) -> None:
        """Write the present configuration, and let nginx read it."""
        (self.folder / "nginx.conf").write_text(self.configure(self.folder))
        self.process.send_signal(signal.SIGHUP)

    def quit(self) -> None:
        """Stop as `nginx -s quit`: accept no connections, and finish the requests."""
        self.process.send_signal(signal.SIGQUIT)

    def terminate(self) -> None:
        """Stop at once, as the gateway's container does on SIGTERM."""
        self.process.terminate()


def nginx_program() -> str:
    """Return the path of nginx. Debian installs it where only root searches."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is not installed: run scripts/install_test_programs"
    return program


@cache
def nginx_version() -> tuple[int, int, int]:
    """Return the version of nginx. Debian 12 has 1.22.1."""
    ran = subprocess.run([nginx_program(), "-v"], check=True, capture_output=True, text=True)
    found = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", ran.stderr)
    assert found, ran.stderr
    return int(found[1]), int(found[2]), int(found[3])


@contextmanager
def running_nginx(configure: Callable[[Path], str], *, port: int) -> Iterator[NginxProcess]:
    """Start nginx in a folder of its own, and wait until it listens on the port."""
    folder = Path(tempfile.mkdtemp(prefix="arq-nginx-"))
    # nginx's workers have another user than root.
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(configure(folder))
    program = [nginx_program(), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]
    with (folder / "access.log").open("ab") as output, (folder / "error.log").open("ab") as errors:
        process = subprocess.Popen(program, stdout=output, stderr=errors)
    try:
        wait_for_port(port)
        yield NginxProcess(folder, process, configure)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def main_configuration(folder: Path, http: str) -> str:
    """Return a configuration file with these directives in its block `http`."""
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY_FILES)
    return f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{temporary}\n{http}\n}}\n"

"""A Redis server on loopback, which stands for the environments' Valkey: Debian 12 has no Valkey."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import valkey

from tests.reference_app.ports import free_port, wait_for_port

PASSWORD = "of a server that only the test reaches"  # noqa: S105


@dataclass(frozen=True)
class RedisServer:
    """A running server with the user `default`."""

    port: int

    def client(self) -> valkey.Valkey:
        """Return a client for the test itself."""
        return valkey.Valkey(host="127.0.0.1", port=self.port, password=PASSWORD, decode_responses=True)


@contextmanager
def running_redis(more: Mapping[str, object] = MappingProxyType({})) -> Iterator[RedisServer]:
    """Start a server that keeps nothing on disk. `more` are options besides the password.

    The option `tls-port` is replaced by the server's port, which then has no plain listener.
    """
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed: run scripts/install_test_programs"
    folder = Path(tempfile.mkdtemp(prefix="arq-redis-"))
    server = RedisServer(free_port())
    options = {"port": server.port, "bind": "127.0.0.1", "dir": folder, "save": ""}
    options |= more or {"requirepass": PASSWORD}
    if "tls-port" in more:
        options |= {"port": 0, "tls-port": server.port}
    (folder / "redis.conf").write_text("".join(f'{name} "{value}"\n' for name, value in options.items()))
    process = subprocess.Popen([program, folder / "redis.conf"], stdout=subprocess.DEVNULL)
    try:
        if "tls-port" in more:
            wait_for_port(server.port)
        else:
            _wait(server)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _wait(server: RedisServer) -> None:
    for _ in range(500):
        try:
            server.client().ping()
        except valkey.AuthenticationError:
            return  # It answers, and has other users.
        except valkey.ConnectionError:
            time.sleep(0.01)
        else:
            return
    raise AssertionError("redis-server does not answer")

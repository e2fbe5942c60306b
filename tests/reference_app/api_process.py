"""The API as a process of its own, as in its image."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.reference_app.ports import free_port, wait_for_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ApiProcess:
    """A running API."""

    port: int
    process: subprocess.Popen[str]
    output: Path

    @property
    def url(self) -> str:
        """The address without nginx."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx.Response:
        """Send one request without nginx."""
        return httpx.get(self.url + path)

    def terminate(self) -> None:
        """Begin the shutdown, as the kubelet does."""
        self.process.send_signal(signal.SIGTERM)

    def logs(self) -> list[dict[str, Any]]:
        """Return the log lines. Each is a JSON object."""
        return [json.loads(line) for line in self.output.read_text().splitlines()]


def run_program(module: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program of the API to its end."""
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=_environ(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def running_api(environ: Mapping[str, str], folder: Path) -> Iterator[ApiProcess]:
    """Start the API on a free port."""
    port = free_port()
    output = folder / f"api-{port}.log"
    with output.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.api"],
            cwd=ROOT,
            env={**_environ(environ), "PORT": str(port)},
            stdout=stream,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        wait_for_port(port)
        yield ApiProcess(port, process, output)
    finally:
        process.kill()
        process.wait()


def _environ(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PATH", "PYTHON", "COV"))}
    return {**kept, **environ}

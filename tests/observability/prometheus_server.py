"""A real Prometheus on loopback with given samples."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.reference_app.ports import free_port

_START_SECONDS = 30


@dataclass(frozen=True)
class Samples:
    """A series with values at even intervals that end now."""

    metric: str
    labels: Mapping[str, str]
    values: Sequence[float]


@dataclass(frozen=True)
class PrometheusServer:
    """The address of a running server."""

    url: str

    def query(self, expression: str, *, at: float) -> list[dict[str, Any]]:
        """Return the vector of a query at a time in seconds since the epoch."""
        return self._get("query", query=expression, time=at)

    def query_range(self, expression: str, *, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """Return the matrix of a query."""
        return self._get("query_range", query=expression, start=start, end=end, step=step)

    def _get(self, path: str, **parameters: str | float) -> list[dict[str, Any]]:
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - on loopback
            result: list[dict[str, Any]] = json.load(response)["data"]["result"]
            return result


@contextmanager
def run_prometheus(
    folder: Path, samples: Sequence[Samples], *, end: int, step: int
) -> Iterator[PrometheusServer]:
    """Run a server that has `samples` up to `end`, with `step` seconds between them."""
    (folder / "samples.txt").write_text(render_openmetrics(samples, end=end, step=step))
    blocks = ("tsdb", "create-blocks-from", "openmetrics", "--quiet", "samples.txt", "data")
    subprocess.run(["promtool", *blocks], cwd=folder, check=True, capture_output=True)
    (folder / "prometheus.yml").write_text("scrape_configs: []\n")
    port = free_port()
    command = [
        "prometheus",
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.time=10y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            server = PrometheusServer(f"http://127.0.0.1:{port}")
            _wait_until_ready(server.url)
            yield server
        finally:
            process.terminate()


def render_openmetrics(samples: Sequence[Samples], *, end: float, step: float) -> str:
    """Return the samples as text. All metrics are of an unknown type, which any name can have."""
    lines = []
    for metric in sorted({series.metric for series in samples}):
        lines.append(f"# TYPE {metric} unknown")
        for series in samples:
            if series.metric == metric:
                labels = ",".join(f"{name}={json.dumps(value)}" for name, value in series.labels.items())
                start = end - step * (len(series.values) - 1)
                lines += [
                    f"{metric}{{{labels}}} {value:g} {start + step * index}"
                    for index, value in enumerate(series.values)
                ]
    return "\n".join([*lines, "# EOF", ""])


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=1):  # noqa: S310 - on loopback
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)

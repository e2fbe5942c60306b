"""A real Prometheus on a free port of this machine, with past samples."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_STEP_SECONDS = 30
_SECONDS_TO_START = 20


@contextmanager
def serve_prometheus(folder: Path, values: Mapping[str, float], *, seconds: int) -> Iterator[str]:
    """Yield the URL of a server whose series had a constant value for some seconds until now."""
    metrics, blocks, config = folder / "metrics", folder / "data", folder / "prometheus.yml"
    now = int(time.time())
    lines = [
        f"{series} {value} {moment}"
        for series, value in values.items()
        for moment in range(now - seconds, now + 1, _STEP_SECONDS)
    ]
    metrics.write_text("\n".join([*lines, "# EOF\n"]))
    create = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(metrics), str(blocks)]
    subprocess.run(create, check=True, capture_output=True)
    config.write_text(json.dumps({"global": {}}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={blocks}",
        f"--web.listen-address={address}",
    ]
    with subprocess.Popen(
        ["prometheus", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_until_ready(f"http://{address}/-/ready")
            yield f"http://{address}"
        finally:
            server.terminate()


def _wait_until_ready(url: str) -> None:
    for _ in range(_SECONDS_TO_START * 10):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)

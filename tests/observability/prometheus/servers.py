"""Prometheus and Alertmanager on loopback with the configuration of production, in shorter times."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.observability.prometheus.production import (
    alertmanager_configuration,
    prometheus_specification,
    rule_groups,
)
from tests.observability.prometheus.shortened_times import FACTOR, shorten, shorten_duration
from tests.observability.prometheus_server import Samples, render_openmetrics
from tests.reference_app.ports import free_port, wait_for_port

# Prometheus's defaults: it repeats alerts, and shows the last value of a series.
_RESEND, _LOOKBACK = "1m", "5m"
_TOPIC = "arn:aws:sns:eu-west-1:111122223333:production-warning"
_AWS_KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def running_alertmanager(folder: Path, *, receiver: str, key: str) -> Iterator[int]:
    """Run Alertmanager. The addresses and the secrets of its receivers are those of the test."""
    key_file = folder / "routing_key"
    key_file.write_text(key)
    content = shorten(alertmanager_configuration())
    for each in content["receivers"]:
        for pager in each.get("pagerduty_configs", ()):
            pager |= {"routing_key_file": str(key_file), "url": f"{receiver}/v2/enqueue"}
        for webhook in each.get("webhook_configs", ()):
            # Releases before 0.26 don't read the URL from a file.
            del webhook["url_file"]
            webhook["url"] = f"{receiver}/heartbeat"
        for topic in each.get("sns_configs", ()):
            topic |= {"topic_arn": _TOPIC, "api_url": f"{receiver}/sns"}
    port = free_port()
    with _program(
        folder,
        port,
        "prometheus-alertmanager",
        f"--config.file={_write(folder / 'alertmanager.yml', content)}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ):
        yield port


@contextmanager
def running_prometheus(
    folder: Path, *, scrapes: Sequence[dict[str, Any]], history: Sequence[Samples], alertmanager: int
) -> Iterator[None]:
    """Run Prometheus. `history` are samples up to now, at its interval."""
    specification = prometheus_specification()
    interval = shorten_duration(specification["scrapeInterval"])
    samples = render_openmetrics(history, end=time.time(), step=int(interval[:-2]) / 1000)
    (folder / "history.txt").write_text(samples)
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", "history.txt", "tsdb"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    content = {
        "global": {
            "scrape_interval": interval,
            "scrape_timeout": interval,
            "evaluation_interval": shorten_duration(specification["evaluationInterval"]),
            "external_labels": specification["externalLabels"],
        },
        "rule_files": [str(_write(folder / "rules.json", {"groups": shorten(rule_groups())}))],
        "scrape_configs": list(scrapes),
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
    }
    port = free_port()
    with _program(
        folder,
        port,
        "prometheus",
        f"--config.file={_write(folder / 'prometheus.yml', content)}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--rules.alert.resend-delay={shorten_duration(_RESEND)}",
        f"--query.lookback-delta={shorten_duration(_LOOKBACK)}",
    ):
        yield


def simulated(seconds: float) -> float:
    """Return the seconds that a time of these servers is in production."""
    return seconds * FACTOR


@contextmanager
def _program(folder: Path, port: int, *command: str) -> Iterator[None]:
    log = folder / f"{command[0]}.log"
    environ: Mapping[str, str] = {"PATH": os.environ["PATH"], **_AWS_KEY}
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environ)
        try:
            wait_for_port(port)
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.kill()
            process.wait()


def _write(file: Path, content: object) -> Path:
    """Write a configuration. JSON is YAML."""
    file.write_text(json.dumps(content))
    return file

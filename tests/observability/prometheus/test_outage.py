"""An outage reaches a local receiver of PagerDuty's events, through real Prometheus and Alertmanager.

The rules, routes and receivers are those of production, with shorter times. The exporter has the metrics of
kube-state-metrics about a deployment.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest

from constructs_arq.observability.prometheus.alertmanager import PagingFiles
from tests.observability.prometheus.alertmanager_files import configuration, write_configuration
from tests.observability.prometheus.rule_files import rules

SCHEMA = json.loads(Path(__file__).with_name("pagerduty-events-v2.json").read_text())
KEY = "0123456789abcdef0123456789abcdef"
DEADLINE_SECONDS = 60


class World:
    """An exporter of a deployment, and a receiver of PagerDuty's events and of the heartbeat."""

    def __init__(self) -> None:
        self.available = 3
        self.events: list[dict[str, Any]] = []
        self.heartbeats = 0

    def metrics(self) -> str:
        labels = '{namespace="shop",deployment="api"}'
        return (
            f"kube_deployment_spec_replicas{labels} 3\n"
            f"kube_deployment_status_replicas_available{labels} {self.available}\n"
        )


@contextmanager
def serve(world: World) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, world.metrics())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/heartbeat":
                world.heartbeats += 1
            else:
                world.events.append(body)
            self._answer(202, '{"status": "success"}')

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return int(server.server_address[1])


@contextmanager
def program(folder: Path, *arguments: object) -> Iterator[None]:
    log = folder / f"{arguments[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen([str(each) for each in arguments], stdout=output, stderr=output)
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.kill()
            process.wait()


def alertmanager_file(folder: Path, receiver: str) -> Path:
    """Write the configuration with shorter times, and with the key in a file of this folder."""
    key = folder / "routing_key"
    key.write_text(f"{KEY}\n")
    paging = PagingFiles(secret="paging", events_url=f"{receiver}/v2/enqueue")  # noqa: S106 - a name
    content = configuration(paging)
    for route in content["route"]["routes"]:
        route.update({"group_wait": "1s", "group_interval": "1s"})
    for each in content["receivers"]:
        for settings in each.get("pagerduty_configs", ()):
            settings["routing_key_file"] = str(key)
        for settings in each.get("webhook_configs", ()):
            settings["url"] = f"{receiver}/heartbeat"
    return write_configuration(folder, content)


def prometheus_file(folder: Path, *, exporter: int, alertmanager: int) -> Path:
    """Write the rules with a shorter `for`, and a configuration that scrapes each second."""
    content = rules()
    for group in content["groups"]:
        for rule in group["rules"]:
            if rule.get("for") == "60s":
                rule["for"] = "3s"
    (folder / "rules.json").write_text(json.dumps(content))
    file = folder / "prometheus.yml"
    file.write_text(
        json.dumps(
            {
                "global": {
                    "scrape_interval": "1s",
                    "evaluation_interval": "1s",
                    "external_labels": {"environment": "test"},
                },
                "rule_files": [str(folder / "rules.json")],
                "scrape_configs": [
                    {
                        "job_name": "kube-state-metrics",
                        "static_configs": [{"targets": [f"127.0.0.1:{exporter}"]}],
                    }
                ],
                "alerting": {
                    "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]
                },
            }
        )
    )
    return file


def wait_for(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.1)


@pytest.mark.slow
def test_an_outage_calls_once_and_its_end_closes_the_call(tmp_path: Path) -> None:
    world = World()
    with serve(world) as port:
        ports = {"alertmanager": free_port(), "prometheus": free_port()}
        alertmanager = alertmanager_file(tmp_path, f"http://127.0.0.1:{port}")
        prometheus = prometheus_file(tmp_path, exporter=port, alertmanager=ports["alertmanager"])
        with (
            program(
                tmp_path,
                "prometheus-alertmanager",
                f"--config.file={alertmanager}",
                f"--storage.path={tmp_path / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
                "--cluster.listen-address=",
            ),
            program(
                tmp_path,
                "prometheus",
                f"--config.file={prometheus}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
                # It repeats an alert after a minute, also if it did not know Alertmanager yet.
                "--rules.alert.resend-delay=1s",
            ),
        ):
            wait_for(lambda: world.heartbeats > 0, "no heartbeat")
            assert world.events == []
            world.available = 0
            wait_for(lambda: bool(world.events), "no page")
            world.available = 3
            wait_for(lambda: len(world.events) > 1, "no end")
    page, end = world.events
    for event in world.events:
        jsonschema.validate(event, SCHEMA)
        assert event["routing_key"] == KEY
    assert (page["event_action"], end["event_action"]) == ("trigger", "resolve")
    assert page["dedup_key"] == end["dedup_key"]
    assert page["payload"]["summary"].startswith("test ServiceDown api: shop/api has no available pod")
    assert page["payload"]["severity"] == "critical"
    assert page["links"][0]["href"] == "https://example.com/runbooks/service-down.md"

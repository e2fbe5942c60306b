"""Outages of the reference API reach a local receiver of PagerDuty's events.

The API runs in two processes, with PostgreSQL and Redis, under a constant load. Prometheus reads their own
metrics. The rules, routes, receivers and intervals are those of production, with a minute in a second.

The API keeps its own times: it waits five seconds for a connection, in production too. So the time from the
fault to the first failed answer counts as it is. The rest belongs to Prometheus and Alertmanager, and counts
sixty times. Without a kubelet, pods stay available without a database, so `ServiceDown` can't fire.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import jsonschema
import pytest

from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from tests.arqctl.database.postgres_server import Server, programs_folder, running_server
from tests.observability.prometheus.api_load import PER_SECOND, Load, running_load
from tests.observability.prometheus.production import scrape_config
from tests.observability.prometheus.receivers import Event, Receivers, running_receivers
from tests.observability.prometheus.servers import running_alertmanager, running_prometheus, simulated
from tests.observability.prometheus.shortened_times import FACTOR
from tests.observability.prometheus_server import Samples
from tests.reference_app.api_process import ApiProcess, running_api
from tests.reference_app.dependencies import prepared
from tests.reference_app.redis_server import running_redis

pytestmark = pytest.mark.slow

SCHEMA = json.loads(Path(__file__).with_name("pagerduty-events-v2.json").read_text())
KEY = "0123456789abcdef0123456789abcdef"
REAL_SECONDS = 60
# Both fire if no pod answers and kube-state-metrics does not run, as here. One silences the other.
LOST_PODS = {"ServiceNotAnswering", "ServiceUnobserved"}
# Six hours, the longest window of a page, and a sample for each scrape: 30 seconds of production.
HISTORY_SAMPLES = 6 * 3600 // 30


@dataclass(frozen=True)
class World:
    """The API's processes and their database, the load on them, and the receivers."""

    pods: list[ApiProcess]
    postgres: Server
    load: Load
    receivers: Receivers


def wait_for(condition: Callable[[], object], message: str, *, seconds: float = REAL_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.05)


def healthy_history() -> list[Samples]:
    """Return the traffic of pods before these, without failures: an alert without history is sooner."""
    series = {
        "namespace": "shop",
        "service": "api",
        "pod": "before",
        "route": "/api/accounts",
        "status": "200",
    }
    per_sample = PER_SECOND * 30 / FACTOR
    counted = [per_sample * number for number in range(HISTORY_SAMPLES)]
    name = "http_request_duration_seconds"
    recorded = [
        Samples(f"slo:{kind}", {"slo": slo, "service": "api"}, [value] * HISTORY_SAMPLES)
        for slo in ("api-availability", "api-latency")
        for kind, value in (("requests:rate5m", PER_SECOND), ("errors:rate5m", 0))
    ]
    return [
        Samples(f"{name}_count", series, counted),
        Samples(f"{name}_bucket", {**series, "le": "0.3"}, counted),
        *recorded,
    ]


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    programs = programs_folder()
    assert programs, "PostgreSQL is not installed: run scripts/install_test_programs"
    with ExitStack() as stack:
        postgres = stack.enter_context(running_server(programs))
        redis = stack.enter_context(running_redis())
        dependencies = stack.enter_context(prepared(postgres, redis, folder))
        dependencies.migrate()
        pods = [stack.enter_context(running_api(dependencies.environ, folder)) for _ in range(2)]
        receivers = stack.enter_context(running_receivers())
        alertmanager = stack.enter_context(running_alertmanager(folder, receiver=receivers.url, key=KEY))
        load = stack.enter_context(running_load([pod.url for pod in pods]))
        addresses = {f"api-{number}": f"127.0.0.1:{pod.port}" for number, pod in enumerate(pods)}
        stack.enter_context(
            running_prometheus(
                folder,
                scrapes=[scrape_config("api", "shop", addresses)],
                history=healthy_history(),
                alertmanager=alertmanager,
            )
        )
        yield World(pods, postgres, load, receivers)


@contextmanager
def locked_accounts(postgres: Server) -> Iterator[None]:
    """Lock the table of accounts again and again, for longer than a good answer takes."""
    ended = Signal()

    def lock() -> None:
        with postgres.connect("rdsadmin") as connection:
            while not ended.is_set():
                with connection.transaction():
                    connection.execute("LOCK TABLE api.accounts IN ACCESS EXCLUSIVE MODE")
                    ended.wait(1)

    thread = Thread(target=lock)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def wait_for_page(world: World, *alerts: str) -> Event:
    """Return the first page of one of these alerts."""

    def find() -> list[Event]:
        return [page for alert in alerts for page in world.receivers.find("trigger", alert)]

    wait_for(find, f"no page {alerts}")
    return find()[0]


def test_outages_of_the_api_page_and_their_end_closes_the_incident(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        wait_for(lambda: world.receivers.heartbeats > 1, "Alertmanager has no alerts of Prometheus")
        wait_for(lambda: len(world.load.succeeded_since(0)) > 2 * PER_SECOND, "the API does not answer")
        assert world.receivers.events == []
        a_slow_database_pages(world)
        a_database_that_stops_pages_in_time_and_its_start_ends_the_page(world)
        processes_that_end_page_in_time(world)
    for event in world.receivers.events:
        jsonschema.validate(event.content, SCHEMA)
        assert event.content["routing_key"] == KEY
    pages = {event.alert for event in world.receivers.events}
    assert pages - LOST_PODS == {"ApiLatencyBurn", "ApiAvailabilityBurn"}


def a_slow_database_pages(world: World) -> None:
    with locked_accounts(world.postgres):
        wait_for_page(world, "ApiLatencyBurn")
    assert world.load.failed_since(0) == []


def a_database_that_stops_pages_in_time_and_its_start_ends_the_page(world: World) -> None:
    began = time.monotonic()
    with world.postgres.stopped():
        stopped = time.monotonic()
        page = wait_for_page(world, "ApiAvailabilityBurn")
    repaired = time.monotonic()
    failing = min(answer.received for answer in world.load.failed_since(stopped))
    assert page.received - began <= REAL_SECONDS
    assert failing - began + simulated(page.received - failing) <= REACTION_SECONDS
    payload = page.content["payload"]
    assert payload["summary"].startswith("production ApiAvailabilityBurn api: ")
    assert (payload["severity"], payload["component"]) == ("critical", "api")
    assert page.content["links"][0]["href"].endswith("/docs/runbooks/api-availability-burn.md")
    wait_for(lambda: world.load.succeeded_since(repaired), "the API does not find its database again")
    # The window of half an hour, ten minutes in which the alert stays, and a minute of Alertmanager.
    wait_for(lambda: world.receivers.find("resolve", "ApiAvailabilityBurn"), "no end")
    (end,) = world.receivers.find("resolve", "ApiAvailabilityBurn")
    assert end.content["dedup_key"] == page.content["dedup_key"]


def processes_that_end_page_in_time(world: World) -> None:
    began = time.monotonic()
    for pod in world.pods:
        pod.process.kill()
    page = wait_for_page(world, *LOST_PODS)
    assert simulated(page.received - began) <= REACTION_SECONDS

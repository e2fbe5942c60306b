"""The application in one piece: nginx, the API in its own process, PostgreSQL and Redis."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from constructs_arq.services.nginx_settings import SECURITY_HEADERS
from services.api.migrations.files import read_migrations
from tests.reference_app.api_process import ApiProcess, run_program, running_api
from tests.reference_app.dependencies import Dependencies
from tests.reference_app.nginx_server import running_front
from tests.reference_app.ports import free_port

pytestmark = pytest.mark.slow

FINAL_RELEASE = {"RELEASE": "2.0.0", "ENVIRONMENT": "test"}


@pytest.fixture
def api(empty: Dependencies, tmp_path: Path) -> Iterator[ApiProcess]:
    applied = run_program("services.api.migrations", empty.database_environ)
    assert applied.returncode == 0, applied.stderr
    with running_api({**empty.environ, **FINAL_RELEASE}, tmp_path) as process:
        wait_until_ready(process)
        yield process


@pytest.fixture
def site(api: ApiProcess) -> Iterator[tuple[httpx.Client, Path]]:
    """A client of nginx, and nginx's log."""
    with (
        running_front(api=api.port, web=free_port()) as (url, log),
        httpx.Client(base_url=url) as client,
    ):
        yield client, log


def wait_until_ready(api: ApiProcess) -> None:
    for _ in range(500):
        if api.get("/readyz").status_code == 200:
            return
        time.sleep(0.02)
    raise AssertionError(api.get("/readyz").text)


def test_a_customer_uses_the_ledger_through_nginx(site: tuple[httpx.Client, Path], api: ApiProcess) -> None:
    client, log = site
    assert client.get("/api/accounts").status_code == 401
    assert client.post("/api/session").status_code == 201
    account = client.post("/api/accounts", json={"currency": "GBP"}).json()
    path = f"/api/accounts/{account['id']}"
    entry = {"amount_minor": 4200, "reference": "secret purpose"}
    booked = client.post(f"{path}/entries", json=entry, headers={"Idempotency-Key": str(uuid4())})
    assert booked.status_code == 201
    assert client.get(path).json()["balance_minor"] == 4200
    assert client.delete("/api/session").status_code == 204
    assert client.get(path).status_code == 401

    api.terminate()
    assert api.process.wait(10) == 0
    # Both logs have the same id for the request, and neither has the purpose.
    requests = [json.loads(line) for line in log.read_text().splitlines()]
    logged = [line for line in api.logs() if line["event"] == "request" and "/api" in line["route"]]
    assert [each["request_id"] for each in logged] == [each["request_id"] for each in requests]
    assert booked.headers["x-request-id"] == logged[3]["request_id"]
    assert logged[3]["route"] == "/api/accounts/{account}/entries"
    assert (logged[3]["release"], logged[3]["level"]) == ("2.0.0", "info")
    for text in (log.read_text(), api.output.read_text()):
        assert "secret purpose" not in text
    assert account["id"] not in api.output.read_text()
    assert "127.0.0.1" not in api.output.read_text()


def test_internal_paths_do_not_pass_nginx(site: tuple[httpx.Client, Path], api: ApiProcess) -> None:
    client, _ = site
    for path in ("/metrics", "/readyz", "/healthz"):
        assert api.get(path).status_code == 200
        # nginx sends it to the site, which does not run here.
        assert client.get(path).status_code == 502
    assert client.post("/api/session", content=b"x" * 1_100_000).status_code == 413
    answer = client.get("/api/health")
    assert answer.json() == {"status": "ok"}
    assert answer.headers.items() >= {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items()
    assert answer.headers["server"] == "nginx"


def test_metrics_have_routes_and_the_pool(api: ApiProcess) -> None:
    api.get("/api/accounts/1f0b1f5e-0000-4000-8000-000000000000?secret=1")
    api.get("/api/nothing")
    metrics = api.get("/metrics").text
    count = "http_request_duration_seconds_count"
    assert f'{count}{{method="GET",route="/api/accounts/{{account}}",status="401"}} 1.0' in metrics
    assert f'{count}{{method="GET",route="unmatched",status="404"}} 1.0' in metrics
    assert 'database_pool_connections{state="idle"}' in metrics
    assert "database_pool_max_connections 9.0" in metrics
    assert 'app_info{release="2.0.0"} 1.0' in metrics
    assert "secret" not in metrics


def test_the_health_check_of_the_image_asks_the_api(api: ApiProcess) -> None:
    assert run_program("services.api.probe", {"PORT": str(api.port)}).returncode == 0
    ran = run_program("services.api.probe", {"PORT": str(free_port())})
    assert (ran.returncode, ran.stderr) == (1, "")


def test_migrations_run_twice_and_at_the_same_time(empty: Dependencies) -> None:
    with ThreadPoolExecutor() as pool:
        modules = ["services.api.migrations"] * 3
        runs = list(pool.map(lambda module: run_program(module, empty.database_environ), modules))
    assert [run.returncode for run in runs] == [0, 0, 0], [run.stderr for run in runs]
    last = sorted(run.stdout.splitlines()[-1] for run in runs)
    assert last == ["0 new migrations", "0 new migrations", f"{len(read_migrations())} new migrations"]


def test_a_request_in_flight_ends_after_sigterm(api: ApiProcess, empty: Dependencies) -> None:
    with httpx.Client(base_url=api.url) as client, ThreadPoolExecutor() as pool:
        client.post("/api/session")
        account = client.post("/api/accounts", json={"currency": "EUR"}).json()["id"]
        entry = {"amount_minor": 1, "reference": "x"}
        with empty.postgres.connect("api") as blocking, blocking.transaction():
            blocking.execute("SELECT * FROM api.accounts FOR UPDATE")
            waiting = pool.submit(
                client.post,
                f"/api/accounts/{account}/entries",
                json=entry,
                headers={"Idempotency-Key": str(uuid4())},
            )
            wait_for_lock(empty)
            api.terminate()
            wait_until_closed(api)
            assert api.process.poll() is None
        assert waiting.result().status_code == 201
        assert waiting.result().headers["connection"] == "close"
    assert api.process.wait(10) == 0
    with empty.postgres.connect("api") as connection:
        assert connection.execute("SELECT count(*) FROM api.entries").fetchone() == (1,)
        clients = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop-api'"
        assert connection.execute(clients).fetchone() == (0,)


def test_a_draining_api_serves_but_is_not_ready(empty: Dependencies, tmp_path: Path) -> None:
    empty.migrate()
    with running_api({**empty.environ, "DRAIN_SECONDS": "300"}, tmp_path) as api:
        wait_until_ready(api)
        api.terminate()
        for _ in range(500):
            if (readiness := api.get("/readyz")).status_code == 503:
                break
            time.sleep(0.02)
        assert readiness.json() == {"status": "draining", "dependencies": {}}
        served = api.get("/api/health")
        assert (served.status_code, served.headers["connection"]) == (200, "close")
        # A second signal stops at once.
        api.terminate()
        assert api.process.wait(10) == 0


def test_the_api_starts_without_its_dependencies(empty: Dependencies, tmp_path: Path) -> None:
    away = {"DATABASE_PORT": str(free_port()), "CACHE_PORT": str(free_port())}
    with running_api({**empty.environ, **away}, tmp_path) as api:
        assert api.get("/healthz").status_code == 200
        readiness = api.get("/readyz")
        assert readiness.status_code == 503
        assert readiness.json()["dependencies"] == {"database": "unavailable", "cache": "unavailable"}
        assert api.get("/api/session").status_code == 401
        assert httpx.post(api.url + "/api/session").status_code == 503


def wait_for_lock(dependencies: Dependencies) -> None:
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with dependencies.postgres.connect("rdsadmin") as connection:
        for _ in range(500):
            if connection.execute(query).fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("no request waits for the lock")


def wait_until_closed(api: ApiProcess) -> None:
    for _ in range(500):
        try:
            api.get("/healthz")
        except httpx.ConnectError:
            return
        time.sleep(0.01)
    raise AssertionError("the API still accepts connections")

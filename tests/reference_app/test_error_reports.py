"""Reports of errors and durations arrive at a server like Sentry's ingest, without planted personal data."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sentry_sdk

from services.api import settlement
from services.api.error_reports import error_reports, report_error
from services.api.metrics import Metrics
from services.api.report_filter import reduce_error, reduce_trace
from services.api.settings import ServiceSettings, SettingsError, read_job_settings
from tests.reference_app.api_process import running_api
from tests.reference_app.dependencies import Dependencies
from tests.reference_app.sentry_server import SentryServer, running_sentry
from tests.reference_app.test_observability import PERSONAL, failing_app, get

SECRETS = ("4929123456781234", "hunter2-password", "AKIAIOSFODNN7EXAMPLE", PERSONAL)
COMMIT = "3f786850e387550fdab836ed7e6dc881de23001b"


@pytest.fixture
def sentry() -> Iterator[SentryServer]:
    with running_sentry() as server:
        yield server


@pytest.fixture
def service(sentry: SentryServer, tmp_path: Path) -> ServiceSettings:
    return ServiceSettings.model_validate(variables(sentry, tmp_path))


def variables(sentry: SentryServer, folder: Path, **more: str) -> dict[str, str]:
    (folder / "dsn").write_text(f"{sentry.dsn}\n")
    return {
        "SENTRY_DSN_FILE": str(folder / "dsn"),
        "RELEASE": COMMIT,
        "ENVIRONMENT": "staging",
        **more,
    }


def fail(message: str = PERSONAL) -> None:
    """Report an error with a cause. Local variables, messages and arguments have planted values."""
    password = SECRETS[1]
    try:
        try:
            dict[str, str]()[SECRETS[0] + password]
        except KeyError as cause:
            raise ValueError(message) from cause
    except ValueError as error:
        report_error(error, route="/api/accounts/{account}")


def assert_nothing_planted(sentry: SentryServer) -> None:
    assert sentry.bodies
    for body in sentry.bodies:
        assert not [secret for secret in SECRETS if secret in body]


def test_an_error_arrives_with_its_release_and_causes_before_the_program_ends(
    sentry: SentryServer, service: ServiceSettings
) -> None:
    with error_reports(service, program="api"):
        fail()
    # No wait: the end of the context sent it.
    [event] = sentry.of_type("event")
    assert (event["release"], event["environment"]) == (COMMIT, "staging")
    assert event["tags"] == {"program": "api", "route": "/api/accounts/{account}"}
    causes = event["exception"]["values"]
    assert [(each["type"], each["value"]) for each in causes] == [("KeyError", ""), ("ValueError", "")]
    assert causes[-1]["stacktrace"]["frames"][-1]["function"] == "fail"
    assert_nothing_planted(sentry)
    assert not sentry_sdk.get_client().is_active()


@pytest.mark.slow
def test_a_failed_request_of_the_api_is_reported_without_its_values(
    dependencies: Dependencies, sentry: SentryServer, tmp_path: Path
) -> None:
    environ = {**dependencies.environ, **variables(sentry, tmp_path, SENTRY_TRACE_RATE="1")}
    with running_api(environ, tmp_path) as api, httpx.Client(base_url=api.url) as client:
        client.post("/api/session")
        account = client.post("/api/accounts", json={"currency": "EUR"}).json()["id"]
        client.get("/healthz")
        with dependencies.postgres.connect("api") as connection:
            connection.execute("ALTER TABLE api.entries RENAME TO gone")
        answer = client.post(
            f"/api/accounts/{account}/entries?card={SECRETS[0]}",
            json={"amount_minor": 1, "reference": PERSONAL},
            headers={
                "Idempotency-Key": "0b7d1c9e-0000-4000-8000-000000000000",
                "Authorization": f"Bearer {SECRETS[1]}",
                "User-Agent": SECRETS[2],
                "X-Forwarded-For": "203.0.113.77",
                "sentry-trace": f"{'a' * 32}-{'b' * 16}-0",
                "baggage": f"sentry-user_segment={SECRETS[1]},sentry-environment=forged",
            },
        )
        assert answer.status_code == 500
        session = (
            client.cookies["session"] if "session" in client.cookies else next(iter(client.cookies.values()))
        )
        api.terminate()
        assert api.process.wait(15) == 0
    [event] = sentry.of_type("event")
    route = "/api/accounts/{account}/entries"
    assert event["tags"] == {
        "program": "api",
        "request_id": answer.headers["x-request-id"],
        "route": route,
    }
    traces = {each["transaction"]: each for each in sentry.of_type("transaction")}
    assert set(traces) == {"POST /api/session", "POST /api/accounts", f"POST {route}"}
    failed = traces[f"POST {route}"]
    assert failed["contexts"]["trace"]["status"] == "internal_error"
    # The same trace, and not that of the client.
    assert failed["contexts"]["trace"]["trace_id"] == event["contexts"]["trace"]["trace_id"] != "a" * 32
    assert_nothing_planted(sentry)
    for body in sentry.bodies:
        for private in (account, session, "203.0.113.77", "forged"):
            assert private not in body


def test_traces_have_durations_and_no_probes(sentry: SentryServer, service: ServiceSettings) -> None:
    traced = service.model_copy(update={"sentry_trace_rate": 1})
    with error_reports(traced, program="api"):
        get(failing_app(Metrics("1")), f"/users/{PERSONAL}?q={PERSONAL}", "0123456789abcdef")
        get(failing_app(Metrics("1")), "/healthz")
    traces = sentry.of_type("transaction")
    [trace] = [each for each in traces if each["transaction"] == "GET /users/{name}"]
    assert trace["timestamp"] >= trace["start_timestamp"]
    assert trace["tags"]["request_id"] == "0123456789abcdef"
    assert len(sentry.of_type("event")) == 1
    assert_nothing_planted(sentry)


@pytest.mark.parametrize(
    ("rates", "kinds"), [((0, 0), set()), ((1, 0), {"event"}), ((0, 1), {"transaction"})]
)
def test_the_rates_select_the_reports(
    sentry: SentryServer, service: ServiceSettings, rates: tuple[float, float], kinds: set[str]
) -> None:
    errors, traces = rates
    sampled = service.model_copy(update={"sentry_error_rate": errors, "sentry_trace_rate": traces})
    with error_reports(sampled, program="api"):
        get(failing_app(Metrics("1")), "/users/a")
    assert {kind for kind, _ in sentry.items} & {"event", "transaction"} == kinds


def test_a_rate_limit_stops_the_reports_and_no_request(
    sentry: SentryServer, service: ServiceSettings
) -> None:
    sentry.limit = {"Retry-After": "60", "X-Sentry-Rate-Limits": "60:error;default:organization"}
    with error_reports(service, program="api"):
        fail()
        sentry_sdk.flush(5)
        assert sentry.refused == 1
        for _ in range(3):
            assert get(failing_app(Metrics("1")), "/users/a").status_code == 500
        sentry_sdk.flush(5)
    assert not sentry.of_type("event")
    # The server gets at most the numbers of dropped reports.
    assert sentry.refused <= 2


def test_a_program_ends_in_time_without_a_server(sentry: SentryServer, service: ServiceSettings) -> None:
    assert service.sentry_dsn_file
    service.sentry_dsn_file.write_text("http://0123456789abcdef@127.0.0.1:1/42")
    start = time.monotonic()
    with error_reports(service, program="api"):
        fail()
    assert time.monotonic() - start < 4
    assert not sentry.bodies


def test_an_error_that_ends_a_program_is_reported(sentry: SentryServer, service: ServiceSettings) -> None:
    with pytest.raises(RuntimeError), error_reports(service, program="receipts"):
        raise RuntimeError(PERSONAL)
    [event] = sentry.of_type("event")
    assert event["tags"] == {"program": "receipts"}
    assert_nothing_planted(sentry)


def test_a_failed_settlement_is_reported(
    dependencies: Dependencies, sentry: SentryServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {**dependencies.database_environ, **variables(sentry, tmp_path)}
    for name, value in {**environ, "DATABASE_USER": "settlement"}.items():
        monkeypatch.setenv(name, value)
    with dependencies.postgres.connect("api") as connection:
        connection.execute("REVOKE ALL ON api.settlements FROM settlement")
        connection.execute("ALTER TABLE api.settlements RENAME TO gone")
    assert settlement.main() == 1
    [event] = sentry.of_type("event")
    assert event["tags"] == {"program": "settlement"}
    assert event["exception"]["values"][-1]["type"] == "UndefinedTable"


def planted_everywhere(value: Any) -> Any:
    """Return a value with a planted field at each level."""
    if isinstance(value, dict):
        inner = {name: planted_everywhere(each) for name, each in value.items()}
        return {**inner, "planted": PERSONAL, "vars": {"a": PERSONAL}, "data": {"a": PERSONAL}}
    return [planted_everywhere(each) for each in value] if isinstance(value, list) else value


def test_the_filter_keeps_no_field_that_it_does_not_know() -> None:
    event: Any = {
        "event_id": "1",
        "release": COMMIT,
        "contexts": {"trace": {"trace_id": "2"}, "runtime": {"name": "CPython"}},
        "exception": {
            "values": [
                {
                    "type": "A",
                    "value": PERSONAL,
                    "mechanism": {"type": "generic"},
                    "stacktrace": {"frames": [{"function": "f", "lineno": 1}]},
                }
            ]
        },
        "request": {"url": PERSONAL},
        "user": {"email": PERSONAL},
        "extra": {"a": PERSONAL},
        "breadcrumbs": {"values": [{"message": PERSONAL}]},
        "server_name": PERSONAL,
        "logentry": {"message": PERSONAL},
        "threads": {"values": [{"name": PERSONAL}]},
        "spans": [{"description": PERSONAL}],
    }
    planted = planted_everywhere(event)
    for reduced in (reduce_error(planted, {}), reduce_trace(planted, {})):
        assert reduced
        assert PERSONAL not in json.dumps(reduced)
        assert reduced["release"] == COMMIT
    [error] = reduce_error(planted, {})["exception"]["values"]
    assert error["stacktrace"]["frames"] == [{"function": "f", "lineno": 1}]


def test_rates_are_shares(dependencies: Dependencies) -> None:
    with pytest.raises(SettingsError, match="SENTRY_TRACE_RATE: Input should be less than or equal to 1"):
        read_job_settings({**dependencies.database_environ, "SENTRY_TRACE_RATE": "5"})


def test_the_image_has_the_commit_as_its_release() -> None:
    workflow = Path(__file__).parents[2] / ".github" / "workflows" / "images.yml"
    assert '--build-arg "REVISION=$GITHUB_SHA"' in workflow.read_text()
    dockerfile = Path(__file__).parents[2] / "services" / "api" / "Dockerfile"
    assert 'RELEASE="${REVISION}"' in dockerfile.read_text()

"""Logs, metrics and error reports of requests, without personal data."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import sentry_sdk
import structlog
from fastapi import FastAPI

from services.api.error_reports import error_reports
from services.api.health import Draining
from services.api.logs import configure_logs
from services.api.metrics import Metrics
from services.api.requests import Requests
from services.api.settings import ServiceSettings

PERSONAL = "jane@example.com"


@contextmanager
def configured_logs() -> Iterator[None]:
    """Configure the logs in the body of a test: capsys has another stream while fixtures run."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("info", release="1.2.3", environment="test")
    try:
        yield
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
        root.handlers[:] = handlers
        root.setLevel(level)


def failing_app(metrics: Metrics) -> Requests:
    app = FastAPI()

    @app.get("/users/{name}")
    async def fail(name: str) -> None:
        raise LookupError(f"no user {name}")

    return Requests(app, metrics=metrics, draining=Draining())


def get(app: Requests, path: str, request_id: str = "", trace: str = "") -> httpx.Response:
    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
            return await client.get(path, headers={"X-Request-ID": request_id, "X-Amzn-Trace-Id": trace})

    return asyncio.run(run())


def test_an_unexpected_error_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = Metrics("1.2.3")
    with configured_logs():
        answer = get(failing_app(metrics), f"/users/{PERSONAL}?q={PERSONAL}", "0123456789abcdef")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["x-request-id"] == "0123456789abcdef"
    output = capsys.readouterr().out
    assert PERSONAL not in output
    failed, request = (json.loads(line) for line in output.splitlines())
    assert (failed["level"], failed["error"]) == ("error", "LookupError")
    assert failed["stack"][-1].endswith(" fail")
    assert (request["route"], request["status"], request["release"]) == ("/users/{name}", 500, "1.2.3")
    assert failed["request_id"] == request["request_id"] == "0123456789abcdef"
    assert metrics.registry.get_sample_value("http_request_errors_total") == 1
    assert metrics.registry.get_sample_value("http_requests_in_flight") == 0


@pytest.mark.parametrize("sent", ["", "short", "a" * 65, 'x"} injected', "line\\nbreak"])
def test_an_invalid_request_id_is_replaced(sent: str) -> None:
    answer = get(failing_app(Metrics("1")), "/none", sent)
    assert len(answer.headers["x-request-id"]) == 32


def test_the_trace_of_the_load_balancer_is_the_id_without_another() -> None:
    trace = "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678"
    app = failing_app(Metrics("1"))
    assert get(app, "/none", "", trace).headers["x-request-id"] == "1-67891233-abcdef012345678912345678"
    assert get(app, "/none", "0123456789abcdef", trace).headers["x-request-id"] == "0123456789abcdef"
    assert len(get(app, "/none", "", "Root=x;y").headers["x-request-id"]) == 32


def test_logs_of_libraries_are_json_without_error_messages(capsys: pytest.CaptureFixture[str]) -> None:
    with configured_logs():
        try:
            int(PERSONAL)
        except ValueError:
            logging.getLogger("library").warning("failed", exc_info=True)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["logger"], line["error"]) == ("failed", "library", "ValueError")
    assert PERSONAL not in json.dumps(line)


def test_reports_are_off_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTRY_DSN", "https://public@sentry.example/1")
    with error_reports(ServiceSettings(), program="api"):
        assert not sentry_sdk.get_client().is_active()

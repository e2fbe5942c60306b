"""The code that calls the API, against local servers with TLS."""

from typing import Any

import pytest

from tests.observability.canaries.code_runner import Result, make_certificate, run_cases

CERTIFICATE = make_certificate(days=60)
CALLS = [
    {"method": "GET", "path": "/api/health", "status": 200, "contains": {"status": "ok"}},
    {"method": "POST", "path": "/api/session", "status": 201},
    {"method": "GET", "path": "/api/accounts", "status": 200},
]
ANSWERS: dict[str, dict[str, Any]] = {
    "GET /api/health": {"body": {"status": "ok"}},
    "POST /api/session": {"status": 201, "headers": {"set-cookie": "session=s1; Path=/; HttpOnly"}},
    "GET /api/accounts": {"body": [], "cookie": "session=s1"},
}


def case(tls: dict[str, str] = CERTIFICATE, *, seconds: float = 5, **changed: Any) -> dict[str, Any]:
    answers = {**ANSWERS, **{key.replace("_", " /api/"): each for key, each in changed.items()}}
    return {"run": "api", "tls": tls, "answers": answers, "settings": {"calls": CALLS, "seconds": seconds}}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    cases = {
        "success": case(),
        "error": case(GET_accounts={"status": 500, "body": "name of a customer"}),
        "page instead of JSON": case(GET_health={"body": "<html>"}),
        "unhealthy": case(GET_health={"body": {"status": "draining"}}),
        "lost cookie": case(POST_session={"status": 201}),
        "redirect": case(GET_health={"status": 301, "headers": {"location": "https://elsewhere.example"}}),
        "slow": case(GET_accounts={"body": [], "delay": 3000}, seconds=1),
        "expired certificate": case(make_certificate(days=-1)),
    }
    return run_cases(tmp_path_factory.mktemp("api"), cases)


def test_it_calls_the_api_in_order_with_the_session(results: dict[str, Result]) -> None:
    success = results["success"]
    assert "error" not in success
    assert [each["call"] for each in success["requests"]] == [
        "GET /api/health",
        "POST /api/session",
        "GET /api/accounts",
    ]
    assert success["requests"][2]["cookie"] == "session=s1"


def test_its_requests_have_a_name_of_their_own(results: dict[str, Result]) -> None:
    assert {each["agent"] for each in results["success"]["requests"]} == {"arq-canary"}


@pytest.mark.parametrize(
    ("name", "message"),
    {
        "error": "GET /api/accounts answered 500 instead of 200",
        "page instead of JSON": "GET /api/health answered no JSON",
        "unhealthy": 'GET /api/health answered without status="ok"',
        "lost cookie": "GET /api/accounts answered 401 instead of 200",
        "redirect": "GET /api/health answered 301 instead of 200",
        "slow": "GET /api/accounts failed: The operation was aborted due to timeout",
        "expired certificate": "GET /api/health failed: certificate has expired",
    }.items(),
)
def test_a_run_fails_with_the_reason(name: str, message: str, results: dict[str, Result]) -> None:
    assert results[name]["error"] == message

"""The code that loads the site, in headless Chromium, against local pages and the built reference site."""

from pathlib import Path
from typing import Any

import pytest

from environments.canaries import EXPECTED_ANSWERS, SITE_TEXT
from tests.observability.canaries.code_runner import Result, make_certificate, run_cases
from tests.reference_app.web_site import build_web

CERTIFICATE = make_certificate(days=60)
PAGE = "<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>Accounts</h1>"
OUTAGE = {"POST /api/session": {"status": 503}}
SESSION: dict[str, dict[str, Any]] = {
    "GET /api/session": {"status": 401},
    "POST /api/session": {"status": 201, "body": {"seconds": 60}},
    "GET /api/accounts": {"body": []},
}


def case(
    folder: Path,
    *,
    text: str = "Accounts",
    expected: tuple[str, ...] = (),
    seconds: float = 3,
    **answers: Any,
) -> dict[str, Any]:
    settings = {"text": text, "expected": list(expected), "seconds": seconds}
    given = {key.replace("_", " /"): each for key, each in answers.items()}
    return {"run": "site", "tls": CERTIFICATE, "folder": str(folder), "answers": given, "settings": settings}


def page(*parts: str) -> dict[str, str]:
    return {"body": PAGE + "".join(parts)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("site")
    reference = build_web(folder)
    shop = case(reference, text=SITE_TEXT, expected=EXPECTED_ANSWERS, seconds=20)
    cases = {
        "reference site": {**shop, "answers": SESSION},
        "reference site without its API": {**shop, "answers": {**SESSION, **OUTAGE}},
        "reference site without allowance": {**shop, "settings": {**shop["settings"], "expected": []}}
        | {"answers": SESSION},
        "success": case(folder, GET_=page()),
        "error": case(folder, GET_={**page(), "status": 500}),
        "missing text": case(folder, GET_={"body": PAGE.replace("Accounts", "")}),
        "hidden text": case(folder, GET_={"body": PAGE.replace("<h1>", "<h1 hidden>")}),
        "console error": case(folder, GET_=page("<script>console.error('broken')</script>")),
        "script error": case(folder, GET_=page("<script>undefinedFunction()</script>")),
        "missing file": case(folder, GET_=page("<script src=/gone.js></script>")),
        "lost request": case(folder, GET_=page("<script>fetch('https://127.0.0.1:9/lost?id=7')</script>")),
        "slow": case(folder, seconds=1, GET_={**page(), "delay": 3000}),
        "without TLS": {**case(folder, GET_=page()), "tls": None},
    }
    return run_cases(folder, cases, in_browser=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["success", "reference site"])
def test_a_page_without_problems_succeeds(name: str, results: dict[str, Result]) -> None:
    assert "error" not in results[name], results[name]["error"]
    assert results[name]["screenshots"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "reason"),
    {
        "reference site without its API": "response: 503 POST /api/session",
        "reference site without allowance": "response: 401 GET /api/session",
        "error": "the answer is 500",
        "missing text": 'did not show "Accounts" within 3 s',
        "hidden text": 'did not show "Accounts" within 3 s',
        "console error": "console: broken",
        "script error": "script: undefinedFunction is not defined",
        "missing file": "response: 404 GET /gone.js",
        "lost request": "request: GET /lost net::ERR",
        "slow": "within 1 s: Navigation timeout",
        "without TLS": "the connection has the protocol http",
    }.items(),
)
def test_a_run_fails_with_the_reason_and_a_screenshot(
    name: str, reason: str, results: dict[str, Result]
) -> None:
    assert reason in results[name]["error"]
    assert results[name]["screenshots"] == ["site-failed"]


@pytest.mark.slow
def test_requests_have_a_name_of_their_own(results: dict[str, Result]) -> None:
    agents = {each["agent"] for each in results["reference site"]["requests"]}
    assert all(agent.startswith("Mozilla/5.0") and agent.endswith(" arq-canary") for agent in agents)

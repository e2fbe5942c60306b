"""A React application in headless Chromium, behind the headers and functions of a distribution."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from constructs_arq.edge.content_security_policy import ContentSecurityPolicy, CspMode
from tests.edge.browser import Result, browse
from tests.edge.vite_site import build_site

pytestmark = pytest.mark.slow

KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
STEPS: dict[str, dict[str, Any]] = {
    "home": {"path": "/", "wait": "#answers"},
    "navigation": {"path": "/", "click": "#open-report", "wait": "#report"},
    "dotted route": {"path": "/users/jane.doe", "wait": "#answers"},
    "lazy route": {"path": "/report", "wait": "#report"},
    "inline script": {"path": "/inline.html"},
    # A browser asks for an asset of a release before that release is complete.
    "late asset": {
        "path": "/",
        "fetch": ["/assets/late.js", "/assets/late.js"],
        "copies": [None, ["favicon.svg", "assets/late.js"]],
    },
    "missing files": {"path": "/", "fetch": ["/missing.png", "/api/missing"]},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("vite"))


@pytest.fixture(scope="module")
def enforced(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("enforced")
    copytree(site, folder / "site")
    return browse(folder, folder / "site", ContentSecurityPolicy(), steps=STEPS, function_first=False)


@pytest.fixture(scope="module")
def report_only(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("report-only")
    copytree(site, folder / "site")
    csp = ContentSecurityPolicy(mode=CspMode.REPORT_ONLY)
    return browse(folder, folder / "site", csp, steps=STEPS, function_first=True)


def test_the_site_has_inlined_files_lazy_chunks_and_a_worker(site: Path) -> None:
    """Otherwise the other tests would prove little."""
    scripts = {path.name: path.read_text() for path in (site / "assets").glob("*.js")}
    styles = "".join(path.read_text() for path in (site / "assets").glob("*.css"))
    assert {name.partition("-")[0] for name in scripts} >= {"index", "report", "worker"}
    assert any("data:image/png;base64," in text for text in scripts.values())
    assert "data:font/woff2;base64," in styles


@pytest.mark.parametrize("page", ["home", "navigation", "dotted route", "lazy route"])
def test_pages_load_without_an_error(enforced: Result, page: str) -> None:
    seen = enforced[page]
    assert (seen["console"], seen["errors"], seen["failed"], seen["violations"]) == ([], [], [], [])
    assert {each["status"] for each in seen["responses"].values()} <= {200, 304}
    assert seen["page"]["answers"] == "worker 6, API ok"
    assert seen["page"]["image"] == ["data:image", 4]
    assert seen["page"]["fonts"] == ["loaded"]


def test_routes_work_after_a_click_and_as_an_address(enforced: Result) -> None:
    assert enforced["navigation"]["page"]["report"] == "The report of a lazy chunk"
    assert enforced["lazy route"]["page"]["report"] == "The report of a lazy chunk"
    assert enforced["dotted route"]["page"]["route"] == "User jane.doe"


def test_an_inline_script_is_blocked_and_reported(enforced: Result) -> None:
    seen = enforced["inline script"]
    assert seen["page"]["result"] == "blocked"
    assert seen["violations"] == [{"directive": "script-src-elem", "disposition": "enforce"}]
    assert any("Content Security Policy" in message for message in seen["console"])


def test_an_inline_script_is_only_reported_in_that_mode(report_only: Result) -> None:
    seen = report_only["inline script"]
    assert seen["page"]["result"] == "executed"
    assert seen["violations"] == [{"directive": "script-src-elem", "disposition": "report"}]
    assert report_only["home"]["page"]["answers"] == "worker 6, API ok"


@pytest.mark.parametrize("variant", ["enforced", "report_only"])
def test_browsers_keep_assets_and_revalidate_pages(variant: str, request: pytest.FixtureRequest) -> None:
    """The order of headers policy and function makes no difference."""
    responses = request.getfixturevalue(variant)["home"]["responses"]
    kept = {
        path: each["headers"]["cache-control"] for path, each in responses.items() if path != "/api/health"
    }
    assert {value for path, value in kept.items() if path.startswith("/assets/")} == {KEPT_FOR_A_YEAR}
    assert {value for path, value in kept.items() if not path.startswith("/assets/")} == {"no-cache"}
    assert kept["/"] == "no-cache"


@pytest.mark.parametrize("variant", ["enforced", "report_only"])
def test_a_late_asset_loads_because_browsers_do_not_keep_its_error(
    variant: str, request: pytest.FixtureRequest
) -> None:
    seen = request.getfixturevalue(variant)["late asset"]
    assert seen["fetched"] == [404, 200]


def test_missing_files_and_calls_are_errors_and_not_the_page(enforced: Result) -> None:
    seen = enforced["missing files"]
    assert seen["fetched"] == [404, 404]
    assert seen["responses"]["/missing.png"]["headers"]["cache-control"] == "no-cache"
    api = seen["responses"]["/api/missing"]["headers"]
    assert "cache-control" not in api
    assert api["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_each_response_has_security_headers(enforced: Result) -> None:
    # The first page, and errors: Chromium keeps the others without some headers.
    missing = enforced["missing files"]["responses"]
    loaded = {
        **enforced["home"]["responses"],
        **{path: missing[path] for path in ("/missing.png", "/api/missing")},
    }
    sent = [response["headers"] for response in loaded.values()]
    assert len(sent) > 6
    for headers in sent:
        assert headers["strict-transport-security"].startswith("max-age=63072000")
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_browsers_load_assets_once(enforced: Result) -> None:
    again = enforced["dotted route"]["responses"]
    assets = [each["stored"] for path, each in again.items() if path.startswith("/assets/index-")]
    assert assets == [True, True]
    assert again["/users/jane.doe"]["status"] == 200

"""The site: its packages, its build, and its use in a browser with the real API."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.edge.browser import CHROMIUM
from tests.edge.vite_site import NODE_FOLDER, run_node
from tests.reference_app.api_process import ROOT, running_api
from tests.reference_app.dependencies import Dependencies
from tests.reference_app.nginx_server import running_front, running_web
from tests.reference_app.web_site import WEB, build_web


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx with the built site."""
    with running_web(build_web(tmp_path_factory.mktemp("web"))) as port:
        yield port


def test_the_site_has_the_packages_of_the_tests() -> None:
    site = json.loads((WEB / "package.json").read_text())["devDependencies"]
    tests = json.loads((NODE_FOLDER / "package.json").read_text())["devDependencies"]
    assert site.items() <= tests.items()


def test_the_lock_file_is_current() -> None:
    lock = runpy.run_path(str(ROOT / "scripts/lock_web.py"))["lock_of_site"]()
    assert (WEB / "package-lock.json").read_text() == lock, "run `make lock`"
    packages = json.loads(lock)["packages"]
    del packages[""]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("puppeteer" in path or "aws" in path for path in packages)


@pytest.mark.slow
def test_a_customer_books_entries_in_the_browser(
    dependencies: Dependencies, web: int, tmp_path: Path
) -> None:
    with (
        running_api(dependencies.environ, tmp_path) as api,
        running_front(api=api.port, web=web) as (url, _),
    ):
        given = {
            "url": url,
            "chromium": CHROMIUM,
            "profile": str(tmp_path / "profile"),
            "entries": [["12.5", "first"], ["-2.05", "second"], ["-100", "too much"]],
            # One more than the attempts for a click, and each of them books the entry.
            "losses": 4,
        }
        shown = json.loads(run_node("shop.mjs", timeout=120, input=json.dumps(given)))
    assert shown["errors"] == []
    assert shown["entries"] == ["second: -€2.05", "first: €12.50"]
    assert shown["balance"] == shown["afterReload"] == "€10.45"
    assert shown["alerts"] == [
        "temporarily unavailable",
        None,
        None,
        "the balance would not be between 0 and 1000000000000000",
    ]
    assert (shown["alertWithoutSession"], shown["newBalance"]) == ("The session ended", "€0.00")
    # Scripts can't read the session.
    assert shown["cookies"] == ""


@pytest.mark.slow
def test_assets_are_kept_and_missing_files_are_errors(web: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{web}") as client:
        page = client.get("/accounts/anything")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert page.text == client.get("/").text
        script = page.text.partition('src="')[2].partition('"')[0]
        asset = client.get(script)
        assert asset.headers["content-type"].endswith("/javascript")
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        for missing in ("/assets/none.js", "/none.png"):
            assert client.get(missing).status_code == 404
        assert client.get("/healthz").text == "ok\n"

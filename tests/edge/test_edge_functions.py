"""Runs the functions in a real JavaScript engine: what CloudFront would do with requests and responses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import constructs_arq.edge
from tests.edge.edge_builders import CONFIG, make_distribution
from tests.support import Synthesized, synthesize

FOLDER = Path(constructs_arq.edge.__file__).parent
FUNCTIONS = {"cdn/routes/Default": "routes.js", "cdn/asset-caching-header/Default": "asset_caching.js"}
# A path, and the path of the object that is served.
PATHS = {
    "/": "/index.html",
    "/orders": "/index.html",
    "/orders/42/lines": "/index.html",
    "/orders/": "/index.html",
    "/v1.2/notes": "/index.html",
    "/users/jane.doe": "/index.html",
    "/releases/1.2.3": "/index.html",
    "/search/node.jsx": "/index.html",
    "/people/j.js.bach": "/index.html",
    "/favicon.ico": "/favicon.ico",
    "/index.html": "/index.html",
    "/LOGO.SVG": "/LOGO.SVG",
    "/site.webmanifest": "/site.webmanifest",
    "/fonts/inter.woff2": "/fonts/inter.woff2",
    "/deep/robots.txt": "/deep/robots.txt",
    "/.well-known/apple-app-site-association": "/.well-known/apple-app-site-association",
    "/not/.well-known/thing": "/index.html",
}
KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"


def run_function(file: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return run_code((FOLDER / file).read_text(), events)


def run_code(code: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    program = f"{code}\nconsole.log(JSON.stringify({json.dumps(events)}.map(event => handler(event))))"
    node = Path(sys.executable).with_name("node")
    ran = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    results: list[dict[str, Any]] = json.loads(ran.stdout)
    return results


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(make_distribution)


@pytest.fixture(scope="module")
def rewritten_requests() -> dict[str, dict[str, Any]]:
    events = [{"request": {"method": "GET", "uri": path}} for path in PATHS]
    return dict(zip(PATHS, run_function("routes.js", events), strict=True))


@pytest.mark.parametrize(("path", "served"), PATHS.items())
def test_routes_are_rewritten_and_files_are_not(
    rewritten_requests: dict[str, dict[str, Any]], path: str, served: str
) -> None:
    assert rewritten_requests[path] == {"method": "GET", "uri": served}


def test_more_endings_of_files_can_be_configured() -> None:
    config = CONFIG.model_copy(update={"file_endings": ("md", "m4a")})
    synthesized = synthesize(lambda stack: make_distribution(stack, config=config))
    code = synthesized.one("aws_cloudfront_function", "cdn/routes/Default")["code"]
    paths = ["/README.md", "/a.m4a", "/a.zip", "/a.ics", "/readme-md"]
    served = [each["uri"] for each in run_code(code, [{"request": {"uri": path}} for path in paths])]
    assert served == ["/README.md", "/a.m4a", "/a.zip", "/index.html", "/index.html"]


def test_browsers_keep_assets_and_no_errors() -> None:
    statuses = (200, 206, 304, 301, 400, 403, 404, 416, 500, 503)
    events = [
        {"response": {"statusCode": status, "headers": {"cache-control": {"value": "no-cache"}}}}
        for status in statuses
    ]
    responses = run_function("asset_caching.js", events)
    values = {each["statusCode"]: each["headers"]["cache-control"]["value"] for each in responses}
    assert {status for status, value in values.items() if value == KEPT_FOR_A_YEAR} == {200, 206, 304}
    assert {value for status, value in values.items() if status > 399} == {"no-cache"}


def test_the_tested_code_is_published(synthesized: Synthesized) -> None:
    functions = synthesized.of_type("aws_cloudfront_function")
    assert set(functions) == set(FUNCTIONS)
    for path, file in FUNCTIONS.items():
        code = (FOLDER / file).read_text()
        assert functions[path]["code"] == code
        assert functions[path]["runtime"] == "cloudfront-js-2.0"
        assert functions[path]["publish"] is True
        # CloudFront's limit for a function.
        assert len(code.encode()) < 10_000

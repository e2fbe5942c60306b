"""Runs the function in a real JavaScript engine: what CloudFront would do with a path."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_arq.edge
from constructs_arq.edge.spa import SpaRoutes
from tests.support import synthesize

CODE = (Path(constructs_arq.edge.__file__).parent / "spa.js").read_text()
PATHS = {
    "/": "/index.html",
    "/orders": "/index.html",
    "/orders/42/lines": "/index.html",
    "/orders/": "/index.html",
    "/v1.2/notes": "/index.html",
    "/favicon.ico": "/favicon.ico",
    "/index.html": "/index.html",
    "/deep/robots.txt": "/deep/robots.txt",
    "/.well-known/apple-app-site-association": "/.well-known/apple-app-site-association",
    "/not/.well-known/thing": "/index.html",
}


@pytest.fixture(scope="module")
def rewritten_requests() -> dict[str, dict[str, str]]:
    asked = [{"request": {"method": "GET", "uri": path}} for path in PATHS]
    program = f"{CODE}\nconsole.log(JSON.stringify({json.dumps(asked)}.map(event => handler(event))))"
    node = Path(sys.executable).with_name("node")
    ran = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    return dict(zip(PATHS, json.loads(ran.stdout), strict=True))


@pytest.mark.parametrize(("path", "served"), PATHS.items())
def test_routes_are_rewritten_and_files_are_not(
    rewritten_requests: dict[str, dict[str, str]], path: str, served: str
) -> None:
    assert rewritten_requests[path] == {"method": "GET", "uri": served}


def test_the_tested_code_is_published() -> None:
    function = synthesize(lambda stack: SpaRoutes(stack, "routes")).one("aws_cloudfront_function")
    assert function["code"] == CODE
    assert function["runtime"] == "cloudfront-js-2.0"
    assert function["publish"] is True
    # CloudFront's limit for a function.
    assert len(CODE.encode()) < 10_000

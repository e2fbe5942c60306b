"""Runs the switch between regions in a real JavaScript engine, with a store in place of CloudFront's."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import constructs_arq.edge
from constructs_arq.core.stack import Stack
from constructs_arq.edge.distribution import Distribution
from constructs_arq.edge.region_switch import STANDBY_ORIGIN
from constructs_arq.storage.bucket import LogBucket
from tests.edge.edge_builders import CONFIG, ZONE, FakeLoadBalancer
from tests.support import Synthesized, synthesize

CODE = (Path(constructs_arq.edge.__file__).parent / "api_region.js").read_text()
BROKEN = "broken"


def build(stack: Stack) -> None:
    Distribution(
        stack,
        "cdn",
        zone=ZONE,
        access_logs=LogBucket(stack, "logs", retention_days=365),
        api_origin=FakeLoadBalancer(stack, "api"),
        standby_origin_id="vo_standby",
        config=CONFIG,
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def run_switch(value: str | None, *, method: str = "POST") -> tuple[str, Any]:
    """Run the function with a store that has this value, or fails. Return the selected origin and the result.

    Without a key, `get` fails, as that of CloudFront does.
    """
    checked = "" if value else 'throw Error("KeyNotFound");'
    content = json.dumps(value or "")
    name = 'if (key !== "api-region") throw Error(key);'
    broken = 'throw Error("unreadable");' if value == BROKEN else ""
    exists = f"exists: async key => {{ {name} {broken} return {json.dumps(bool(value))} }}"
    store = f"kvs: () => ({{{exists}, get: async key => {{ {name} {broken} {checked} return {content} }}}})"
    module = f"const cf = {{{store}, selectRequestOriginById: id => {{ out = id }}}};"
    body = re.sub(r"^import .*$", "", CODE, flags=re.MULTILINE)
    event = f'{{request: {{method: "{method}", uri: "/api/entries"}}}}'
    call = f"handler({event}).then(r => console.log(JSON.stringify([out, r])))"
    program = f"let out = ''; {module} {body}; {call}"
    node = Path(sys.executable).with_name("node")
    ran = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    origin, result = json.loads(ran.stdout)
    return str(origin), result


@pytest.mark.parametrize(("value", "origin"), [("standby", STANDBY_ORIGIN), ("primary", ""), (None, "")])
def test_writes_go_to_the_region_of_the_key(value: str | None, origin: str) -> None:
    selected, result = run_switch(value)
    assert (selected, result) == (origin, {"method": "POST", "uri": "/api/entries"})


@pytest.mark.parametrize(("method", "is_served"), [("GET", True), ("HEAD", True), ("PUT", False)])
def test_a_store_that_cannot_be_read_stops_writes_only(method: str, *, is_served: bool) -> None:
    selected, result = run_switch(BROKEN, method=method)
    assert not selected
    assert ("uri" in result) is is_served
    assert result.get("statusCode") == (None if is_served else 503)


def test_the_function_reads_the_store_and_the_origin_exists(synthesized: Synthesized) -> None:
    function = synthesized.one("aws_cloudfront_function", "cdn/region-switch/function/Default")
    assert function["code"] == CODE
    assert function["key_value_store_associations"] == [
        "${aws_cloudfront_key_value_store.cdn_region-switch_" + _suffix(synthesized) + ".arn}"
    ]
    distribution = synthesized.one("aws_cloudfront_distribution", "cdn/Default")
    (origin,) = (each for each in distribution["origin"] if each["origin_id"] == STANDBY_ORIGIN)
    assert origin["vpc_origin_config"]["vpc_origin_id"] == "vo_standby"
    api = [each for each in distribution["ordered_cache_behavior"] if each["path_pattern"] == "/api/*"]
    assert [len(each["function_association"]) for each in api] == [1]


def _suffix(synthesized: Synthesized) -> str:
    (name,) = synthesized.json["resource"]["aws_cloudfront_key_value_store"]
    return str(name).rpartition("_")[2]

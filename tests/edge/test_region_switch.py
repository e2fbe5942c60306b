"""Runs the switch between regions in a real JavaScript engine, with a store in place of CloudFront's."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_arq.edge
from constructs_arq.core.stack import Stack
from constructs_arq.edge.distribution import Distribution
from constructs_arq.edge.region_switch import STANDBY_ORIGIN
from constructs_arq.storage.bucket import LogBucket
from tests.edge.edge_builders import CONFIG, ZONE, FakeLoadBalancer
from tests.support import Synthesized, synthesize

CODE = (Path(constructs_arq.edge.__file__).parent / "api_region.js").read_text()


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


def selected_origin(get: str) -> str:
    """Run the function with a store whose `get` has this body. Return the selected origin, or nothing."""
    store = f"kvs: () => ({{get: async key => {{ {get} }}}})"
    module = f"const cf = {{{store}, selectRequestOriginById: id => {{ out = id }}}};"
    body = re.sub(r"^import .*$", "", CODE, flags=re.MULTILINE)
    event = '{request: {method: "POST", uri: "/api/entries"}}'
    call = f"handler({event}).then(r => console.log(JSON.stringify([out, r.uri])))"
    program = f"let out = ''; {module} {body}; {call}"
    node = Path(sys.executable).with_name("node")
    ran = subprocess.run([node, "-e", program], capture_output=True, text=True, check=True)
    origin, uri = json.loads(ran.stdout)
    assert uri == "/api/entries"
    return str(origin)


@pytest.mark.parametrize(
    ("get", "origin"),
    [
        ('if (key !== "api-region") throw Error(key); return "standby"', STANDBY_ORIGIN),
        ('return "primary"', ""),
        ('throw Error("KeyNotFound")', ""),
    ],
)
def test_writes_go_to_the_region_of_the_key(get: str, origin: str) -> None:
    assert selected_origin(get) == origin


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

"""The edge as a platform builds it: with a real network, load balancer and certificates."""

import json
import re
from graphlib import TopologicalSorter

import pytest

from constructs_arq.compute.load_balancer import LoadBalancer, LoadBalancerConfig
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import Certificate
from constructs_arq.edge.distribution import Distribution
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.storage.bucket import LogBucket
from tests.edge.edge_builders import CONFIG, ZONE
from tests.support import Synthesized, synthesize


def build(stack: Stack) -> None:
    network = Network(
        stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"))
    )
    logs = LogBucket(stack, "logs", retention_days=365)
    ingress = LoadBalancer(
        stack,
        "ingress",
        subnets=network.private,
        certificate=Certificate(stack, "ingress-certificate", zone=ZONE, domain="origin.arq.example"),
        access_logs=logs,
        config=LoadBalancerConfig(),
    )
    ingress.add_target_group("orders", port=8443, priority=10, paths=("/api/orders/*",))
    Distribution(stack, "cdn", zone=ZONE, access_logs=logs, api_origin=ingress, config=CONFIG)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_there_are_no_circular_dependencies(synthesized: Synthesized) -> None:
    """Terraform detects a cycle only during a plan."""
    everything = {
        f"{block}{kind}.{name}": json.dumps({key: value for key, value in body.items() if key != "//"})
        for block, section in (("", "resource"), ("data.", "data"))
        for kind, named in synthesized.json[section].items()
        for name, body in named.items()
    }
    named = re.compile(r"(?:data\.)?aws_\w+\.[\w-]+")
    graph = {
        address: {found for found in named.findall(body) if found in everything}
        for address, body in everything.items()
    }
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == set(everything)
    assert order.index("aws_lb.ingress") < order.index("aws_cloudfront_distribution.cdn")


def test_only_cloudfront_may_connect_to_the_load_balancer(synthesized: Synthesized) -> None:
    into = [
        rule
        for rule in synthesized.of_type("aws_vpc_security_group_ingress_rule").values()
        if rule["security_group_id"].startswith("${aws_security_group.ingress_security-group")
    ]
    assert [rule["description"] for rule in into] == ["CloudFront fetches what the API answers"]


def test_origin_domain_and_certificate_match(synthesized: Synthesized) -> None:
    certificate = synthesized.one("aws_acm_certificate", "ingress-certificate/Default")
    origins = synthesized.one("aws_cloudfront_distribution")["origin"]
    api = next(origin for origin in origins if origin["origin_id"] == "api")
    assert api["domain_name"] == certificate["domain_name"] == "origin.arq.example"
    assert "provider" not in certificate

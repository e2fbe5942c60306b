"""Builds gateways with routes in a stack with a cluster and its add-ons."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from constructs_arq.compute.target_group import TargetGroup
from constructs_arq.core.protocols import PrivateOrigin, VirtualNetwork
from constructs_arq.core.stack import StackConfig
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.edge.distribution import Distribution
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.cert_manager import CertManager, CertManagerConfig
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.nginx_gateway import NginxGatewayFabric
from constructs_arq.platform.target import AddonTarget
from constructs_arq.services.gateway import Gateway
from constructs_arq.services.gateway_config import CanaryConfig, GatewayConfig, RouteConfig
from constructs_arq.services.public_hosts import PublicHosts
from tests.services.service_builders import Definitions, Shop, synthesize_shop
from tests.support import STACK, Synthesized

ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/0123456789abcdef"
TARGET = "d111111abcdef8.cloudfront.net"
HOSTS = ("app.arq.example", "partners.arq.example")
Object = dict[str, Any]


@dataclass(frozen=True)
class Outside:
    """The parts of the AWS stack."""

    domain: str = "api.app.arq.example"
    idle_timeout_seconds: int | None = 60
    cidr: str = "10.40.0.0/16"
    vpc_id: str = "vpc-0123456789abcdef0"
    arn: str = ARN


@dataclass(frozen=True)
class Edge:
    """A distribution."""

    api_read_timeout_seconds: int = 60
    domain: str = HOSTS[0]
    api_paths: tuple[str, ...] = ("/*",)


@dataclass(frozen=True, kw_only=True)
class Addons:
    """The controllers that gateways need."""

    controller: LoadBalancerController
    fabric: NginxGatewayFabric
    certificates: CertManager


def addons(shop: Shop) -> Addons:
    stack, network = shop.stack, cast("VirtualNetwork", Outside())
    target = AddonTarget(cluster=shop.cluster, kubernetes_version="1.35", network=network)
    zone = HostedZone(zone_id="Z0123456789", name="arq.example")
    return Addons(
        controller=LoadBalancerController(stack, "controller", target=target),
        fabric=NginxGatewayFabric(stack, "fabric", target=target),
        certificates=CertManager(stack, "cert-manager", target=target, zone=zone, config=CertManagerConfig()),
    )


def gateway(
    shop: Shop,
    name: str = "gateway",
    *,
    outside: Outside | None = None,
    config: GatewayConfig | None = None,
    controllers: Addons | None = None,
    edge: Edge | None = None,
    namespaces: Sequence[Namespace] = (),
) -> Gateway:
    outside, controllers = outside or Outside(), controllers or addons(shop)
    return Gateway(
        shop.stack,
        name,
        load_balancer=cast("PrivateOrigin", outside),
        hosts=PublicHosts(names=HOSTS, dns_target=TARGET),
        targets=cast("TargetGroup", outside),
        network=cast("VirtualNetwork", outside),
        controller=controllers.controller,
        fabric=controllers.fabric,
        certificates=controllers.certificates,
        definitions=Definitions(resource=shop.namespace.resource),
        route_namespaces=namespaces or [shop.namespace],
        config=config or GatewayConfig(),
        distribution=cast("Distribution", edge) if edge else None,
    )


def make(
    *,
    outside: Outside | None = None,
    config: GatewayConfig | None = None,
    route: RouteConfig | None = None,
    canary: bool = False,
    paths: tuple[str, ...] = ("/api",),
    hosts: tuple[str, ...] = (),
    stack: StackConfig = STACK,
) -> Synthesized:
    def build(shop: Shop) -> None:
        gateway(shop, outside=outside, config=config).add_route(
            "api",
            backend=shop.web(),
            canary=(shop.web("canary"), CanaryConfig(percent=10)) if canary else None,
            paths=paths,
            hosts=hosts,
            config=route,
        )

    return synthesize_shop(build, config=stack)


def objects(synthesized: Synthesized) -> dict[str, Object]:
    """Return the custom objects of gateways, routes and services by kind and name."""
    found = [
        each
        for path, release in synthesized.of_type("helm_release").items()
        if path.startswith(("gateway/", "shop/"))
        for each in json.loads(release["values"][0])["objects"]
    ]
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in found}

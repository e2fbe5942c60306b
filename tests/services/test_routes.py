"""Routes of a gateway share its nginx pods and the services, and don't take requests of each other."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services.gateway import Gateway
from constructs_arq.services.gateway_config import CanaryConfig, RouteConfig
from tests.services.gateway_builders import addons, gateway, objects
from tests.services.service_builders import Shop, synthesize_shop
from tests.support import Synthesized


def routed(build: Callable[[Shop, Gateway], None]) -> Synthesized:
    """Return a gateway with routes."""
    return synthesize_shop(lambda shop: build(shop, gateway(shop)))


def test_a_service_can_have_several_routes_on_a_gateway() -> None:
    def build(shop: Shop, made: Gateway) -> None:
        api, canary = shop.web(), (shop.web("canary"), CanaryConfig(percent=10))
        made.add_route("api", backend=api, paths=("/api",), canary=canary)
        made.add_route("uploads", backend=api, paths=("/api/uploads",), config=RouteConfig(max_body_mib=64))
        made.add_route("docs", backend=api, hosts=("partners.arq.example",), paths=("/",), canary=canary)

    synthesized = routed(build)
    made = objects(synthesized)
    assert {
        name for name in made if name.startswith(("HTTPRoute", "UpstreamSettings", "ClientSettings"))
    } == {
        "HTTPRoute/api",
        "HTTPRoute/docs",
        "HTTPRoute/uploads",
        "ClientSettingsPolicy/api",
        "ClientSettingsPolicy/docs",
        "ClientSettingsPolicy/gateway",
        "ClientSettingsPolicy/uploads",
        "UpstreamSettingsPolicy/api",
        "UpstreamSettingsPolicy/canary",
    }
    assert made["ClientSettingsPolicy/uploads"]["spec"]["body"] == {"maxSize": "64m"}
    opened = [
        path
        for path in synthesized.of_type("kubernetes_network_policy_v1")
        if "/to-shop-" in path or "/from-gateway-" in path
    ]
    assert sorted(opened) == [
        "api/identity/connections/from-gateway-tcp-8080",
        "canary/identity/connections/from-gateway-tcp-8080",
        "gateway/to-shop-api",
        "gateway/to-shop-canary",
    ]


def test_services_share_a_host_by_path() -> None:
    def build(shop: Shop, made: Gateway) -> None:
        made.add_route("api", backend=shop.web(), paths=("/api", "/graphql"))
        made.add_route("web", backend=shop.web("web"), paths=("/",))

    synthesized = routed(build)
    made = objects(synthesized)
    assert made["HTTPRoute/api"]["spec"]["hostnames"] == made["HTTPRoute/web"]["spec"]["hostnames"]
    assert {"UpstreamSettingsPolicy/api", "UpstreamSettingsPolicy/web"} <= made.keys()
    assert {"gateway/to-shop-api", "gateway/to-shop-web"} <= synthesized.of_type(
        "kubernetes_network_policy_v1"
    ).keys()


def test_services_of_one_name_are_in_several_namespaces() -> None:
    def build(shop: Shop) -> None:
        namespace = Namespace(shop.stack, "docs", name="docs")
        made = gateway(shop, namespaces=[shop.namespace, namespace])
        other = replace(shop, namespace=namespace).web(scope=Construct(shop.stack, "other"))
        made.add_route("api", backend=shop.web(), paths=("/api",))
        made.add_route("docs", backend=other, paths=("/docs",))

    policies = synthesize_shop(build).of_type("kubernetes_network_policy_v1")
    assert {"gateway/to-shop-api", "gateway/to-docs-api"} <= policies.keys()


def test_two_gateways_send_requests_to_one_service() -> None:
    def build(shop: Shop) -> None:
        api, controllers = shop.web(), addons(shop)
        for name in ("gateway", "internal"):
            gateway(shop, name, controllers=controllers).add_route(f"{name}-api", backend=api, paths=("/",))

    synthesized = synthesize_shop(build)
    releases = synthesized.of_type("helm_release").values()
    assert sum("UpstreamSettingsPolicy" in release.get("values", [""])[0] for release in releases) == 1
    assert {"gateway/to-shop-api", "internal/to-shop-api"} <= synthesized.of_type(
        "kubernetes_network_policy_v1"
    ).keys()


def test_two_routes_can_not_have_the_same_path() -> None:
    def build(shop: Shop, made: Gateway) -> None:
        made.add_route("api", backend=shop.web(), paths=("/api", "/graphql"))
        made.add_route("web", backend=shop.web("web"), paths=("/", "/graphql"))

    message = r"the routes api and web both have the path /graphql of the host app\.arq\.example"
    with pytest.raises(ConstructError, match=message):
        routed(build)


def test_a_route_to_a_namespace_that_is_not_listed_fails_at_synthesis() -> None:
    def build(shop: Shop) -> None:
        docs = Namespace(shop.stack, "docs", name="docs")
        gateway(shop, namespaces=[docs]).add_route("api", backend=shop.web(), paths=("/api",))

    message = "gateway/api: the backend is in the namespace shop, but the gateway accepts only routes of docs"
    with pytest.raises(ConstructError, match=message):
        synthesize_shop(build)

"""Connections of services: network policies and security group rules from one sentence."""

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.data.cache import Cache
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import Pods
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.security.connections import SecurityGroup
from tests.services.service_builders import Shop, synthesize_shop
from tests.support import Resource, Synthesized

CACHE = CacheConfig(node_type="cache.t4g.small", replicas_per_shard=0, snapshot_days=1)


def _cache(shop: Shop) -> Cache:
    network = Network(
        shop.stack, "network", config=NetworkConfig(cidr="10.20.0.0/16", zones=("euw1-az1", "euw1-az2"))
    )
    cache = Cache(shop.stack, "cache", subnets=network.isolated, config=CACHE)
    cache.grant_connect(shop.cluster.workload("api", namespace="shop"), user="api")
    return cache


def _policy(synthesized: Synthesized, path: str) -> Resource:
    return synthesized.one("kubernetes_network_policy_v1", path)


def _rules(synthesized: Synthesized) -> list[str]:
    return [
        path
        for kind in ("egress", "ingress")
        for path in synthesized.of_type(f"aws_vpc_security_group_{kind}_rule")
        if path.startswith("cluster/")
    ]


def test_pods_reach_names_and_credentials_only() -> None:
    synthesized = synthesize_shop(lambda shop: shop.web())
    egress = {
        path: policy["spec"]["egress"]
        for path, policy in synthesized.of_type("kubernetes_network_policy_v1").items()
        if path.startswith("api/") and "Egress" in policy["spec"]["policy_types"]
    }
    assert egress["api/identity/connections/credentials-tcp-80"] == [
        {
            "to": [{"ip_block": {"cidr": "169.254.170.23/32"}}],
            "ports": [{"protocol": "TCP", "port": "80"}],
        }
    ]
    assert set(egress) == {"api/identity/connections/dns", "api/identity/connections/credentials-tcp-80"}


def test_one_sentence_opens_the_security_group_and_the_network_policy() -> None:
    def build(shop: Shop) -> None:
        shop.web().connections.allow_to(_cache(shop), why="the API keeps sessions there")

    synthesized = synthesize_shop(build)
    policy = _policy(synthesized, "api/identity/connections/to-cache-tcp-6379")
    assert policy["metadata"]["annotations"] == {"kubernetes.io/description": "the API keeps sessions there"}
    assert policy["spec"]["egress"] == [
        {
            # The isolated subnets of both zones.
            "to": [{"ip_block": {"cidr": "10.20.224.0/22"}}, {"ip_block": {"cidr": "10.20.228.0/22"}}],
            "ports": [{"protocol": "TCP", "port": "6379"}],
        }
    ]
    assert _rules(synthesized) == [
        "cluster/connections/to-cache-tcp-6379",
        "cluster/connections/into-cache-tcp-6379",
    ]


def test_services_share_the_rules_of_the_security_group() -> None:
    def build(shop: Shop) -> None:
        cache = _cache(shop)
        shop.web("api").connections.allow_to(cache, why="the API keeps sessions there")
        shop.web("web").connections.allow_to(cache, why="the site reads sessions there")

    synthesized = synthesize_shop(build)
    assert len(_rules(synthesized)) == 2
    for name in ("api", "web"):
        assert _policy(synthesized, f"{name}/identity/connections/to-cache-tcp-6379")


def test_a_connection_between_services_has_a_policy_at_both_ends_and_no_security_group_rule() -> None:
    def build(shop: Shop) -> None:
        shop.web("web").connections.allow_to(shop.web("api"), why="the site calls the API")

    synthesized = synthesize_shop(build)
    egress = _policy(synthesized, "web/identity/connections/to-api-tcp-8080")["spec"]
    ingress = _policy(synthesized, "api/identity/connections/from-web-tcp-8080")["spec"]
    assert egress["pod_selector"] == {"match_labels": {"app.kubernetes.io/name": "web"}}
    assert egress["egress"][0]["to"][0]["pod_selector"] == ingress["pod_selector"]
    assert ingress["policy_types"] == ["Ingress"]
    assert ingress["ingress"][0]["from"][0]["pod_selector"] == egress["pod_selector"]
    assert ingress["ingress"][0]["ports"] == [{"protocol": "TCP", "port": "8080"}]
    assert not _rules(synthesized)


def test_public_addresses_open_only_on_request() -> None:
    def build(shop: Shop) -> None:
        api = shop.web()
        api.connections.allow_to_aws(why="it reads objects")
        api.connections.allow_to_internet(why="it reports errors to Sentry")

    synthesized = synthesize_shop(build)
    blocks = {
        name: _policy(synthesized, f"api/identity/connections/to-{name}-tcp-443")["spec"]["egress"][0]["to"][
            0
        ]["ip_block"]
        for name in ("aws", "internet")
    }
    assert blocks["aws"] == {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} < set(blocks["internet"]["except"])


def test_the_addresses_of_an_existing_resource_must_be_given() -> None:
    group = SecurityGroup.from_id(
        security_group_id="sg-0fedcba9876543210", name="ledger", listens_on=Port.tcp(5432)
    )

    def build(shop: Shop) -> None:
        shop.web().connections.allow_to(group, why="it reads the ledger", ranges=["10.9.0.0/24"])

    synthesized = synthesize_shop(build)
    spec = _policy(synthesized, "api/identity/connections/to-ledger-tcp-5432")["spec"]
    assert spec["egress"][0]["to"] == [{"ip_block": {"cidr": "10.9.0.0/24"}}]
    with pytest.raises(ConstructError, match="the addresses of ledger are not known"):
        synthesize_shop(lambda shop: shop.web().connections.allow_to(group, why="it reads the ledger"))


def test_the_port_of_a_connection_must_be_known() -> None:
    group = SecurityGroup.from_id(security_group_id="sg-0fedcba9876543210", name="ledger")
    with pytest.raises(ConstructError, match="the port of ledger is not known"):
        synthesize_shop(lambda shop: shop.web().connections.allow_to(group, why="it reads the ledger"))


def test_a_connection_can_have_several_reasons() -> None:
    def build(shop: Shop) -> None:
        api, web = shop.web("api"), shop.web("web")
        for why in ("it reads objects", "it sends messages"):
            api.connections.allow_to_aws(why=why)
            web.connections.allow_to(api, why=why)

    synthesized = synthesize_shop(build)
    assert _policy(synthesized, "api/identity/connections/to-aws-tcp-443")
    assert _policy(synthesized, "api/identity/connections/from-web-tcp-8080")


def test_two_peers_of_one_name_are_refused() -> None:
    def build(shop: Shop) -> None:
        other = Namespace(shop.stack, "other", name="other")
        connections = shop.web().connections
        connections.allow_from(Pods(namespace=shop.namespace.name), name="web", why="it calls the API")
        connections.allow_from(Pods(namespace=other.name), name="web", why="it calls the API")

    with pytest.raises(ConstructError, match="api-from-web-tcp-8080 already allows another peer"):
        synthesize_shop(build)

"""The objects of a gateway and its routes are valid, and contain what nginx needs to serve behind an ALB."""

import json
import re
from dataclasses import replace

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.services.gateway_config import CanaryConfig, GatewayConfig, RouteConfig
from tests.kubernetes.custom_resources import validate_custom_object
from tests.kubernetes.terraform_objects import resolve_references
from tests.services.gateway_builders import ARN, HOSTS, TARGET, Outside, gateway, make, objects
from tests.services.service_builders import Shop, synthesize_shop
from tests.support import STACK


def test_all_objects_are_valid() -> None:
    synthesized = make(canary=True)
    made = objects(synthesized)
    assert {name.partition("/")[0] for name in made} == {
        "Certificate",
        "NginxProxy",
        "Gateway",
        "ClientSettingsPolicy",
        "SnippetsPolicy",
        "TargetGroupBinding",
        "PodMonitor",
        "HTTPRoute",
        "ProxySettingsPolicy",
        "RateLimitPolicy",
        "UpstreamSettingsPolicy",
    }
    for each in made.values():
        validate_custom_object(resolve_references(each, synthesized.json))


def test_the_listener_takes_requests_without_a_server_name() -> None:
    made = objects(make())
    [listener] = made["Gateway/gateway"]["spec"]["listeners"]
    assert "hostname" not in listener
    assert made["NginxProxy/gateway"]["spec"]["disableSNIHostValidation"] is True


def test_the_binding_registers_the_listener_port_of_the_service_that_the_controller_names() -> None:
    made = objects(make())
    [listener] = made["Gateway/gateway"]["spec"]["listeners"]
    [binding] = [each for each in made.values() if each["kind"] == "TargetGroupBinding"]
    assert binding["spec"] == {
        "serviceRef": {"name": "gateway-nginx", "port": listener["port"]},
        "targetGroupARN": ARN,
        "targetType": "ip",
    }
    # The controller refuses another target group for an existing binding.
    name = r"gateway-\$\{substr\(sha256\(jsonencode\(local\.gateway_targets_\w+\)\), 0, 10\)\}"
    assert re.fullmatch(name, binding["metadata"]["name"])


def test_the_binding_exists_before_the_pods_which_otherwise_get_no_readiness_gate() -> None:
    synthesized = make()
    [first] = json.loads(synthesized.one("helm_release", "gateway/binding/Default")["values"][0])["objects"]
    assert first["kind"] == "TargetGroupBinding"
    needed = synthesized.one("helm_release", "gateway/Default/Default")["depends_on"]
    assert any(each.startswith("helm_release.gateway_binding_") for each in needed)


def test_client_addresses_come_from_proxies_of_the_network_only() -> None:
    proxy = objects(make())["NginxProxy/gateway"]["spec"]["rewriteClientIP"]
    assert proxy["trustedAddresses"] == [{"type": "CIDR", "value": "10.40.0.0/16"}]
    assert proxy["setIPRecursively"] is True


def test_the_access_log_is_json_without_the_query() -> None:
    log = objects(make())["NginxProxy/gateway"]["spec"]["logging"]["accessLog"]
    fields = json.loads(log["format"])
    assert fields["path"] == "$uri"
    assert not {"$request_uri", "$args", "$request", "$http_cookie"} & set(fields.values())
    assert log["escape"] == "json"


def test_nginx_pods_finish_requests_before_they_stop() -> None:
    deployment = objects(make())["NginxProxy/gateway"]["spec"]["kubernetes"]["deployment"]
    [_, _, command] = deployment["container"]["lifecycle"]["preStop"]["exec"]["command"]
    assert command.startswith("sleep 30; nginx -s quit; while")
    assert deployment["pod"]["terminationGracePeriodSeconds"] == 95


def test_a_route_selects_hosts_and_paths_and_limits_requests() -> None:
    made = objects(make(route=RouteConfig(max_body_mib=8)))
    route = made["HTTPRoute/api"]["spec"]
    assert route["hostnames"] == ["app.arq.example"]
    [rule] = route["rules"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/api"}}]
    assert made["ClientSettingsPolicy/api"]["spec"]["body"] == {"maxSize": "8m"}
    [limit] = made["RateLimitPolicy/api"]["spec"]["rateLimit"]["local"]["rules"]
    assert (limit["rate"], limit["burst"]) == ("50r/s", 100)


def test_a_route_has_only_hosts_of_which_cloudfront_sends_requests() -> None:
    route = objects(make(hosts=HOSTS))["HTTPRoute/api"]["spec"]
    assert route["hostnames"] == ["app.arq.example", "partners.arq.example"]
    # The domain of the load balancer's first certificate: no request has it as its host.
    with pytest.raises(ConstructError, match=r"no requests for api\.app\.arq\.example.*never match"):
        make(hosts=("app.arq.example", "api.app.arq.example"))


def test_external_dns_points_records_to_the_distribution() -> None:
    """Otherwise it would take the address of the gateway, which is private."""
    made = objects(make())
    assert made["Gateway/gateway"]["metadata"]["annotations"] == {
        "external-dns.alpha.kubernetes.io/target": TARGET
    }
    assert "annotations" not in made["Certificate/gateway"]["metadata"]


def test_a_route_can_be_without_a_rate_limit() -> None:
    assert "RateLimitPolicy/api" not in objects(make(route=RouteConfig(rate_limit=None)))


def test_responses_have_security_headers() -> None:
    [rule] = objects(make())["HTTPRoute/api"]["spec"]["rules"]
    [headers] = rule["filters"]
    names = {each["name"] for each in headers["responseHeaderModifier"]["set"]}
    assert {"Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"} <= names


def test_a_canary_has_its_share() -> None:
    [rule] = objects(make(canary=True))["HTTPRoute/api"]["spec"]["rules"]
    service, canary = rule["backendRefs"]
    assert "kubernetes_service_v1.api_service" in service["name"]
    assert "kubernetes_service_v1.canary_service" in canary["name"]
    assert (service["weight"], canary["weight"]) == (90, 10)


def test_nginx_reaches_the_pods_of_the_service() -> None:
    policies = make().of_type("kubernetes_network_policy_v1")
    nginx = {"match_labels": {"gateway.networking.k8s.io/gateway-name": "gateway"}}
    into = policies["api/identity/connections/from-gateway-tcp-8080"]["spec"]
    assert into["ingress"][0]["from"][0]["pod_selector"] == nginx
    out = policies["gateway/to-shop-api"]["spec"]
    assert out["pod_selector"] == nginx
    assert out["egress"][0]["to"][0]["pod_selector"] == into["pod_selector"]


def test_one_pod_of_nginx_has_no_disruption_budget() -> None:
    one = GatewayConfig(scaling=ScalingPolicy(min_size=1, max_size=2))
    budget = "gateway/disruption-budget"
    unprotected = STACK.model_copy(update={"protected": False})
    assert budget not in make(config=one, stack=unprotected).of_type("kubernetes_pod_disruption_budget_v1")
    made = make().one("kubernetes_pod_disruption_budget_v1", budget)
    assert made["spec"]["max_unavailable"] == "1"


def test_nginx_has_at_least_one_pod_because_its_autoscaler_needs_it() -> None:
    with pytest.raises(ConfigError, match=r"scaling\.min_size 0 of nginx must be at least 1"):
        GatewayConfig(scaling=ScalingPolicy(min_size=0, max_size=2))


def test_nginx_has_two_pods_in_a_protected_environment() -> None:
    one = GatewayConfig(scaling=ScalingPolicy(min_size=1, max_size=2))
    with pytest.raises(ConstructError, match=r"at least 2 in a protected environment, got 1: .* budget"):
        make(config=one)


def test_idle_connections_of_the_load_balancer_must_be_shorter() -> None:
    with pytest.raises(ConstructError, match="502"):
        make(outside=Outside(idle_timeout_seconds=75))


@pytest.mark.parametrize("paths", [(), ("api",)])
def test_paths_must_begin_with_a_slash(paths: tuple[str, ...]) -> None:
    with pytest.raises(ConstructError, match="begin with a slash"):
        make(paths=paths)


def test_the_services_of_a_route_are_in_one_namespace() -> None:
    def build(shop: Shop) -> None:
        other = replace(shop, namespace=Namespace(shop.stack, "delivery", name="delivery"))
        made = gateway(shop)
        canary = (other.web("canary"), CanaryConfig())
        made.add_route("api", backend=shop.web(), canary=canary, paths=("/",))

    with pytest.raises(ConstructError, match="in one namespace, got delivery, shop"):
        synthesize_shop(build)


def test_scaling_must_be_possible_for_nginx() -> None:
    with pytest.raises(ConfigError, match="scaling of nginx"):
        GatewayConfig(scaling=ScalingPolicy(min_size=1, max_size=2, target_requests_per_minute=5))

import pytest

from constructs_arq.platform.nginx_gateway import NginxGatewayFabric
from constructs_arq.platform.support_matrix import Chart
from tests.cluster.cluster_builders import address_of
from tests.platform.addon_stack import Values, release_of, synthesize_addons, values_of
from tests.support import Synthesized


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(lambda stack, target, _: NginxGatewayFabric(stack, "fabric", target=target))


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.NGINX_GATEWAY_FABRIC)


def test_definitions_come_first(synthesized: Synthesized) -> None:
    definitions = address_of(synthesized, "helm_release", "fabric/definitions")
    assert definitions in release_of(synthesized, Chart.NGINX_GATEWAY_FABRIC)["depends_on"]
    assert release_of(synthesized, Chart.GATEWAY_API_CRDS)["namespace"] == "kube-system"


def test_gateways_get_no_load_balancer_of_their_own(values: Values) -> None:
    assert values["nginx"]["service"]["type"] == "ClusterIP"


def test_gateways_find_their_class_and_may_have_snippets(values: Values) -> None:
    control_plane = values["nginxGateway"]
    assert control_plane["gatewayClassName"] == NginxGatewayFabric.gateway_class
    assert control_plane["snippets"] == {"enable": True}
    assert control_plane["productTelemetry"] == {"enable": False}


def test_nginx_pods_reach_the_control_plane(synthesized: Synthesized) -> None:
    policy = synthesized.one("kubernetes_network_policy_v1", "fabric/addon/traffic/vpc")
    [rule] = policy["spec"]["ingress"]
    assert [each["port"] for each in rule["ports"]] == ["8443"]

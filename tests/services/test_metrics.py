"""Prometheus finds the metrics of each service, or its configuration states why there are none."""

import json
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.kubernetes.monitors import Scrape, pod_monitor, service_monitor
from constructs_arq.services.metrics import Metrics, NoMetrics
from constructs_arq.services.web_service import WebService, WebServiceConfig
from tests.kubernetes.custom_resources import validate_custom_object
from tests.platform.addon_stack import objects_at
from tests.services.service_builders import DIGEST, RESOURCES, WEB, Shop, synthesize_shop
from tests.support import Synthesized

REASON = "it answers from a file; the load balancer counts its requests"


def synthesize(metrics: Metrics | NoMetrics) -> Synthesized:
    return synthesize_shop(lambda shop: shop.web(config=WEB.model_copy(update={"metrics": metrics})))


def test_a_service_without_metrics_or_a_reason_is_refused() -> None:
    values: dict[str, Any] = {"image": DIGEST, "resources": RESOURCES, "scaling": WEB.scaling}
    with pytest.raises(ConfigError, match="metrics: field required"):
        WebServiceConfig(**values)
    with pytest.raises(ConfigError, match="reason"):
        WebServiceConfig(**values, metrics=NoMetrics(reason="none"))


def test_the_monitor_selects_the_service_and_the_port_of_its_pods() -> None:
    synthesized = synthesize(Metrics(path="/internal/metrics"))
    monitor = objects_at(synthesized, "api/metrics/Default")["ServiceMonitor/api"]
    service = synthesized.one("kubernetes_service_v1")
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    [endpoint], [port] = monitor["endpoints"], service["spec"]["port"]
    assert endpoint == {"port": port["name"], "path": "/internal/metrics"}
    release = synthesized.one("helm_release", "api/metrics/Default")
    assert release["namespace"] == service["metadata"]["namespace"]
    assert release["depends_on"] == ["kubernetes_namespace_v1.shop"]


def test_prometheus_may_connect_to_the_port() -> None:
    policy = synthesize(Metrics()).one(
        "kubernetes_network_policy_v1", "api/identity/connections/from-prometheus-tcp-8080"
    )
    [rule] = policy["spec"]["ingress"]
    [peer] = rule["from"]
    assert peer["namespace_selector"]["match_labels"] == {"kubernetes.io/metadata.name": "monitoring"}
    assert peer["pod_selector"]["match_labels"] == {"app.kubernetes.io/name": "prometheus"}
    assert [each["port"] for each in rule["ports"]] == ["8080"]


def test_with_a_reason_there_is_neither_a_monitor_nor_a_connection() -> None:
    synthesized = synthesize(NoMetrics(reason=REASON))
    assert not synthesized.of_type("helm_release")
    paths = synthesized.of_type("kubernetes_network_policy_v1")
    assert paths
    assert not [path for path in paths if "prometheus" in path]


def test_metrics_need_the_definitions_of_monitors() -> None:
    def build(shop: Shop) -> None:
        WebService(
            shop.stack,
            "api",
            cluster=shop.cluster,
            namespace=shop.namespace,
            images=shop.images,
            config=WEB,
        )

    with pytest.raises(ConstructError, match=r"api: has metrics, .*Give definitions=PrometheusDefinitions"):
        synthesize_shop(build)


@pytest.mark.parametrize("make", [service_monitor, pod_monitor])
def test_a_monitor_is_valid(make: Any) -> None:
    scrape = Scrape(port="http", path="/metrics")
    made = make(name="api", namespace="shop", labels={"app.kubernetes.io/name": "api"}, scrape=scrape)
    validate_custom_object(json.loads(json.dumps(made.manifest())))

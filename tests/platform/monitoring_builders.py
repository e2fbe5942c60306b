"""Builds the add-ons of monitoring for tests."""

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.kube_state_metrics import KubeStateMetrics
from constructs_arq.platform.node_exporter import NodeExporter
from constructs_arq.platform.prometheus import Alerting, Prometheus
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.platform.target import AddonTarget


def add_monitoring(stack: Stack, target: AddonTarget, config: PrometheusConfig | None = None) -> Prometheus:
    """Add Prometheus and its exporters, with an Alertmanager that notifies nobody."""
    namespace = Namespace(stack, "monitoring", name="monitoring")
    agents = Namespace(stack, "node-agents", name="node-agents", pod_security="privileged")
    KubeStateMetrics(
        stack, "kube-state-metrics", target=target, namespace=namespace, priority_class="monitoring"
    )
    NodeExporter(stack, "node-exporter", target=target, namespace=agents)
    return Prometheus(
        stack,
        "prometheus",
        target=target,
        namespace=namespace,
        storage_class="encrypted-gp3",
        priority_class="monitoring",
        alerting=Alerting(configuration={"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}),
        config=config or PrometheusConfig(),
    )

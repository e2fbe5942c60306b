"""Monitoring in an environment's cluster: Prometheus, Alertmanager, and what they read."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import GRAFANA
from constructs_arq.kubernetes.priority_class import PriorityClass
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.observability.grafana.panels import LOKI_UID, PROMETHEUS_UID
from constructs_arq.observability.prometheus.alertmanager import TicketTopic, alertmanager_configuration
from constructs_arq.observability.prometheus.alertmanager_drill import AlertmanagerDrill
from constructs_arq.observability.prometheus.cluster_rules import ClusterRules
from constructs_arq.observability.prometheus.paging_secret import PagingSecret
from constructs_arq.observability.slo.prometheus_slos import PrometheusSlos
from constructs_arq.platform.grafana import DataSource, Grafana
from constructs_arq.platform.kube_state_metrics import KubeStateMetrics
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.node_exporter import NodeExporter
from constructs_arq.platform.prometheus import Alerting, Prometheus
from constructs_arq.platform.target import AddonTarget
from environments.dashboards import make_dashboards
from environments.environment import Environment
from environments.platform import Platform

# Above all services: they have 0.
_PRIORITY = 100_000


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """Parts of monitoring that the rest of the cluster stack uses."""

    namespace: Namespace
    agents: Namespace
    priority_class: str
    prometheus: Prometheus


def run_monitoring(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    target: AddonTarget,
    namespace: Namespace,
    services: Sequence[Namespace],
    volumes: StorageClass,
    depends_on: Sequence[ITerraformDependable],
) -> Monitoring:
    """Run Prometheus, its exporters and rules. `services` are the namespaces of services with metrics.

    `depends_on` has the definitions of the operator, cert-manager and External Secrets.
    """
    # Agents read files of their node, which the other levels of Pod Security forbid.
    agents = Namespace(stack, "node-agents", name="node-agents", pod_security="privileged")
    priority = PriorityClass(
        stack, "monitoring-priority", value=_PRIORITY, why="Pods that report why others have no node"
    ).name
    secret = None
    if env.pager:
        secret = PagingSecret(
            stack,
            "paging-secret",
            namespace=namespace.name,
            key=env.paging_secret,
            events_url=env.pager.endpoint,
            depends_on=depends_on,
        )
    prometheus = Prometheus(
        stack,
        "prometheus",
        target=target,
        namespace=namespace,
        storage_class=volumes.name,
        priority_class=priority,
        alerting=Alerting(
            configuration=alertmanager_configuration(
                paging=secret.files if secret else None,
                tickets=TicketTopic(arn=platform.tickets.arn, region=platform.tickets.region),
            ),
            secrets=[secret.files.secret] if secret else [],
        ),
        config=env.prometheus,
        depends_on=[*depends_on, *([secret.resource] if secret else [])],
    )
    platform.tickets.grant_publish(prometheus.alertmanager)
    KubeStateMetrics(
        stack,
        "kube-state-metrics",
        target=target,
        namespace=namespace,
        priority_class=priority,
        depends_on=depends_on,
    )
    NodeExporter(stack, "node-exporter", target=target, namespace=agents, depends_on=depends_on)
    PrometheusSlos(
        stack,
        "slos",
        namespace=namespace.literal_name,
        slos=env.slos,
        scrape_seconds=env.prometheus.scrape_seconds,
        depends_on=[prometheus.resource],
    )
    ClusterRules(
        stack,
        "cluster-rules",
        namespace=namespace.name,
        namespaces=[each.literal_name for each in services],
        config=env.prometheus,
        depends_on=depends_on,
    )
    if secret:
        AlertmanagerDrill(stack, "alertmanager-drill", namespace=namespace.name, depends_on=depends_on)
    return Monitoring(namespace=namespace, agents=agents, priority_class=priority, prometheus=prometheus)


def show_dashboards(
    stack: Stack,
    env: Environment,
    *,
    target: AddonTarget,
    prometheus: Prometheus,
    loki: Loki,
    depends_on: Sequence[ITerraformDependable],
) -> None:
    """Run Grafana, with dashboards of the metrics, of the logs and of CloudWatch."""
    prometheus.allow_queries("grafana", peer=GRAFANA)
    Grafana(
        stack,
        "grafana",
        target=target,
        dashboards=make_dashboards(env),
        sources=[
            DataSource(
                uid=PROMETHEUS_UID,
                type="prometheus",
                url=prometheus.url,
                pods=prometheus.pods,
                port=prometheus.port,
                scrape_seconds=env.prometheus.scrape_seconds,
            ),
            DataSource(
                uid=LOKI_UID,
                type="loki",
                url=loki.url,
                pods=loki.pods,
                port=loki.port,
                headers={"X-Scope-OrgID": loki.tenant},
            ),
        ],
        depends_on=depends_on,
    )

"""Alerts about a cluster, as an object that the Prometheus Operator loads."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.observability.prometheus.addon_alerts import addon_alerts
from constructs_arq.observability.prometheus.log_alerts import log_alerts
from constructs_arq.observability.prometheus.message_alerts import message_alerts
from constructs_arq.observability.prometheus.monitoring_alerts import monitoring_alerts
from constructs_arq.observability.prometheus.node_alerts import node_alerts
from constructs_arq.observability.prometheus.rules import RuleGroup, prometheus_rule
from constructs_arq.observability.prometheus.workload_alerts import workload_alerts
from constructs_arq.platform.prometheus_config import PrometheusConfig


class ClusterRules(Construct):
    """Alerts about workloads, messages, nodes, add-ons, logs and monitoring. `namespaces` have services.

    Only a service without any answer pages: other pages come from the objectives of services. `depends_on`
    has the definitions of the operator.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        namespaces: Sequence[str],
        config: PrometheusConfig,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        self.groups: tuple[RuleGroup, ...] = cluster_rule_groups(namespaces, config)
        CustomObjects(
            self,
            "rules",
            namespace=namespace,
            objects=[prometheus_rule(self, namespace=namespace, groups=self.groups)],
            depends_on=depends_on,
        )


def cluster_rule_groups(namespaces: Sequence[str], config: PrometheusConfig) -> tuple[RuleGroup, ...]:
    """Return the groups of alerts about a cluster."""
    return (
        workload_alerts(namespaces),
        message_alerts(),
        node_alerts(),
        addon_alerts(),
        log_alerts(),
        monitoring_alerts(series=config.series, alertmanagers=config.alertmanager_replicas),
    )

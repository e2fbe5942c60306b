"""Prometheus and Alertmanager, which the Prometheus Operator runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.disruption_budget import add_disruption_budget
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import (
    PROMETHEUS,
    AddressRange,
    Pods,
    allow_egress,
    allow_ingress,
)
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.platform.prometheus_values import (
    ALERTMANAGER_LABELS,
    ALERTMANAGER_PORT,
    CHART,
    GOSSIP_PORT,
    OPERATOR_LABELS,
    OPERATOR_PORT,
    PROMETHEUS_LABELS,
    RELOADER_PORT,
    SERVER_PORT,
    chart_values,
    server_pods,
)
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_ALERTMANAGER = "alertmanager"
# Targets listen on ports from here on: pods without root can't use lower ones.
_FIRST_TARGET_PORT, _LAST_PORT = 1024, 65535


@dataclass(frozen=True, kw_only=True)
class Alerting:
    """The configuration of Alertmanager, and the Kubernetes secrets that its files are in.

    Alertmanager has the secret NAME in the folder `/etc/alertmanager/secrets/NAME`.
    https://prometheus.io/docs/alerting/latest/configuration/
    """

    configuration: Mapping[str, Json]
    secrets: Sequence[str] = field(default_factory=tuple)


class Prometheus(Construct):
    """Prometheus servers and a cluster of Alertmanagers. Both read the objects of all namespaces.

    The servers have the same targets and rules, each its own volume, and are in different zones. Alertmanager
    sends each notification once. It runs as the workload `alertmanager`. `url` is for queries from pods that
    network policies allow. Objects of the operator depend on `PrometheusDefinitions` only.
    https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
    """

    port: Final[int] = SERVER_PORT

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        namespace: Namespace,
        storage_class: str,
        priority_class: str,
        alerting: Alerting,
        config: PrometheusConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self._namespace = namespace
        self.pods: Pods = PROMETHEUS
        self.url: str = f"http://{CHART}-prometheus.{namespace.literal_name}:{SERVER_PORT}"
        self.alertmanager_url: str = (
            f"http://{CHART}-alertmanager.{namespace.literal_name}:{ALERTMANAGER_PORT}"
        )
        self.alertmanager: Grantee = target.cluster.workload(_ALERTMANAGER, namespace=namespace.literal_name)
        policies = self._allow_traffic(target.network.cidr)
        self._limit_evictions()
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=CHART,
            namespace=namespace,
            values=chart_values(
                self,
                config,
                storage_class=storage_class,
                priority_class=priority_class,
                alertmanager_account=_ALERTMANAGER,
                configuration=alerting.configuration,
                secrets=alerting.secrets,
            ),
            pods=server_pods(config),
            # The control plane calls the webhook of the operator, which has its metrics on the same port.
            traffic=Traffic(
                vpc_ports=(OPERATOR_PORT,),
                own_ports=(ALERTMANAGER_PORT, GOSSIP_PORT),
                metrics_ports=(OPERATOR_PORT, SERVER_PORT, ALERTMANAGER_PORT, RELOADER_PORT),
            ),
            depends_on=[*policies, *depends_on],
        ).resource

    def allow_queries(self, id: str, *, peer: Pods) -> None:
        """Let pods such as Grafana query the servers. The pods must be allowed to connect, too."""
        allow_ingress(
            self,
            f"{id}-queries",
            name=f"prometheus-{id}-queries",
            pods=self._pods(PROMETHEUS.labels),
            peers=[peer],
            ports=[Port.tcp(SERVER_PORT)],
        )

    def _pods(self, labels: Mapping[str, str]) -> Pods:
        return Pods(namespace=self._namespace.name, labels=labels)

    def _allow_traffic(self, vpc_cidr: str) -> list[ITerraformDependable]:
        members = self._pods(ALERTMANAGER_LABELS)
        gossip = [Port.udp(GOSSIP_PORT)]
        return [
            allow_egress(
                self,
                "targets",
                name="prometheus-targets",
                pods=self._pods(PROMETHEUS_LABELS),
                to=[AddressRange(cidr=vpc_cidr)],
                ports=[Port.tcp_range(_FIRST_TARGET_PORT, _LAST_PORT)],
                why="Prometheus reads the metrics of pods, and of the kubelets of nodes",
            ),
            # Members find each other by UDP, and synchronize by TCP.
            allow_egress(
                self, "gossip-to", name="alertmanager-gossip-to", pods=members, to=[members], ports=gossip
            ),
            allow_ingress(
                self,
                "gossip-from",
                name="alertmanager-gossip-from",
                pods=members,
                peers=[members],
                ports=gossip,
            ),
        ]

    def _limit_evictions(self) -> None:
        for name, labels in (
            ("prometheus-operator", OPERATOR_LABELS),
            ("prometheus", PROMETHEUS_LABELS),
            ("alertmanager", ALERTMANAGER_LABELS),
        ):
            add_disruption_budget(
                Construct(self, f"{name}-evictions"), name=name, namespace=self._namespace.name, labels=labels
            )

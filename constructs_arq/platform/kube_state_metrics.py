"""kube-state-metrics: the state of Kubernetes objects as metrics."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.pod_group import most_pods
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.pod_settings import Resources
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.KUBE_STATE_METRICS
_METRICS_PORT = 8080
_RESOURCES = Resources(cpu="50m", memory="384Mi")
# Alerts and dashboards use these. Secrets and config maps are not among them, so the pod may not read them.
_COLLECTORS = (
    "cronjobs",
    "daemonsets",
    "deployments",
    "horizontalpodautoscalers",
    "jobs",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "poddisruptionbudgets",
    "pods",
    "replicasets",
    "statefulsets",
)
# The conditions of gateways as gateway_status_condition: 1 for True, and 0 for False and Unknown.
# https://github.com/kubernetes/kube-state-metrics/blob/v2.20.0/docs/metrics/extend/customresourcestate-metrics.md
_GATEWAY_CONDITIONS: Json = {
    "kind": "CustomResourceStateMetrics",
    "spec": {
        "resources": [
            {
                "groupVersionKind": {
                    "group": "gateway.networking.k8s.io",
                    "version": "v1",
                    "kind": "Gateway",
                },
                "metricNamePrefix": "gateway",
                "labelsFromPath": {"namespace": ["metadata", "namespace"], "gateway": ["metadata", "name"]},
                "metrics": [
                    {
                        "name": "status_condition",
                        "help": "The conditions of a gateway",
                        "each": {
                            "type": "Gauge",
                            "gauge": {
                                "path": ["status", "conditions"],
                                "labelsFromPath": {"condition": ["type"]},
                                "valueFrom": ["status"],
                            },
                        },
                    }
                ],
            }
        ]
    },
}
_GATEWAY_READS: Json = {
    "apiGroups": ["gateway.networking.k8s.io"],
    "resources": ["gateways"],
    "verbs": ["list", "watch"],
}

# The dashboard of cost counts nodes by these.
_NODE_LABELS = ("node.kubernetes.io/instance-type", "karpenter.sh/capacity-type")


class KubeStateMetrics(Construct):
    """kube-state-metrics with one replica: Prometheus would count the objects of each replica.

    It reads the kinds of objects that alerts and dashboards use, and no secrets.
    https://github.com/prometheus-community/helm-charts/blob/kube-state-metrics-8.4.0/charts/kube-state-metrics/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        namespace: Namespace,
        priority_class: str,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=namespace,
            values=_values(priority_class),
            pods=[_RESOURCES.pods(_CHART, most=most_pods(1))],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            depends_on=depends_on,
        ).resource


def _values(priority_class: str) -> dict[str, Json]:
    return {
        "replicas": 1,
        "resources": _RESOURCES.values(),
        "priorityClassName": priority_class,
        "collectors": list(_COLLECTORS),
        "metricLabelsAllowlist": [f"nodes=[{','.join(_NODE_LABELS)}]"],
        "customResourceState": {"enabled": True, "config": _GATEWAY_CONDITIONS},
        # The chart lets it list definitions only, and not their objects.
        "rbac": {"extraRules": [_GATEWAY_READS]},
        # A ServiceMonitor finds it.
        "prometheusScrape": False,
        "prometheus": {
            "monitor": {
                "enabled": True,
                "http": {
                    # The labels `namespace` and `pod` are those of the objects.
                    "honorLabels": True,
                    # With its own pod or address as a label, all series would change with each new pod, and
                    # sums would count all objects twice. Prometheus adds `instance` if there is none. `up`
                    # needs the namespace, and objects outside of namespaces get it too.
                    "relabelings": [
                        {"action": "labeldrop", "regex": "pod|service|endpoint|container"},
                        {"targetLabel": "instance", "replacement": _CHART},
                    ],
                },
            }
        },
    }

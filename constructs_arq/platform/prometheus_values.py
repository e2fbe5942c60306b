"""Values of the chart kube-prometheus-stack, without the parts that are add-ons of their own."""

from collections.abc import Mapping, Sequence
from typing import Final

from constructs import Construct

from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import pod_labels
from constructs_arq.platform.pod_settings import (
    RESTRICTED_CONTAINER,
    RESTRICTED_POD,
    Resources,
    spread_over_zones,
)
from constructs_arq.platform.prometheus_config import PrometheusConfig
from constructs_arq.platform.support_matrix import Chart

CHART: Final = Chart.KUBE_PROMETHEUS_STACK
OPERATOR_PORT: Final = 10250
SERVER_PORT: Final = 9090
ALERTMANAGER_PORT: Final = 9093
GOSSIP_PORT: Final = 9094
RELOADER_PORT: Final = 8080
# The chart labels the operator, and the operator the other pods. The objects have the name of the release, so
# their pods have its label.
# https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.0/pkg/prometheus/server/statefulset.go
OPERATOR_LABELS: Final[Mapping[str, str]] = {
    **pod_labels(CHART),
    "app.kubernetes.io/component": "prometheus-operator",
}
PROMETHEUS_LABELS: Final[Mapping[str, str]] = {**pod_labels(CHART), "app.kubernetes.io/name": "prometheus"}
ALERTMANAGER_LABELS: Final[Mapping[str, str]] = {
    **pod_labels(CHART),
    "app.kubernetes.io/name": "alertmanager",
}

_OPERATOR = Resources(cpu="50m", memory="256Mi")
_RELOADER = Resources(cpu="10m", memory="64Mi")
_ALERTMANAGER = Resources(cpu="20m", memory="128Mi")
_USER: Mapping[str, Json] = {**RESTRICTED_POD, "runAsUser": 1000, "runAsGroup": 2000, "fsGroup": 2000}
# The control plane of EKS serves no metrics of these. EKS operates the API server, which would have tens of
# thousands of series.
_WITHOUT_TARGETS = ("kubeApiServer", "kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler")
_OTHER_ADDONS = ("crds", "grafana", "kubeStateMetrics", "nodeExporter")


def server_pods(config: PrometheusConfig) -> list[PodGroup]:
    """Return the pods at their largest number. Those of a StatefulSet stop before new ones start."""
    return [
        _OPERATOR.pods(f"{CHART} operator", most=most_pods(1)),
        _server(config).pods(f"{CHART} prometheus", most=config.replicas),
        _ALERTMANAGER.pods(f"{CHART} alertmanager", most=config.alertmanager_replicas),
        # A container in each pod of the two before.
        _RELOADER.pods(f"{CHART} config-reloader", most=config.replicas + config.alertmanager_replicas),
    ]


def chart_values(
    scope: Construct,
    config: PrometheusConfig,
    *,
    storage_class: str,
    priority_class: str,
    alertmanager_account: str,
    configuration: Mapping[str, Json],
    secrets: Sequence[str],
) -> dict[str, Json]:
    """Return the values of the chart."""
    return {
        # Prometheus and Alertmanager have the name of the release, and so its label.
        "cleanPrometheusOperatorObjectNames": True,
        **{name: {"enabled": False} for name in (*_OTHER_ADDONS, *_WITHOUT_TARGETS)},
        "defaultRules": {"create": False},
        "kubelet": _kubelet(config),
        "prometheusOperator": _operator(priority_class),
        "prometheus": {
            # Without it, pages of one dashboard would come from two servers with slightly different samples.
            "service": {"sessionAffinity": "ClientIP"},
            "prometheusSpec": _prometheus(scope, config, storage_class, priority_class),
        },
        "alertmanager": {
            "serviceAccount": {"create": True, "name": alertmanager_account},
            "config": configuration,
            "alertmanagerSpec": {
                "replicas": config.alertmanager_replicas,
                "resources": _ALERTMANAGER.values(),
                "priorityClassName": priority_class,
                "securityContext": _USER,
                "secrets": list(secrets),
                "topologySpreadConstraints": spread_over_zones(ALERTMANAGER_LABELS),
            },
        },
    }


def _server(config: PrometheusConfig) -> Resources:
    return Resources(cpu=f"{config.millicores}m", memory=f"{config.memory_mib}Mi")


def _kubelet(config: PrometheusConfig) -> dict[str, Json]:
    """Scrape the kubelet and its cAdvisor as often as the others. The chart's default is 10 seconds."""
    return {"serviceMonitor": {"cAdvisorInterval": f"{config.scrape_seconds}s", "probes": False}}


def _operator(priority_class: str) -> dict[str, Json]:
    return {
        "resources": _OPERATOR.values(),
        "priorityClassName": priority_class,
        "securityContext": {**RESTRICTED_POD, "runAsUser": 65534, "runAsGroup": 65534, "fsGroup": 65534},
        "containerSecurityContext": RESTRICTED_CONTAINER,
        "prometheusConfigReloader": {"resources": _RELOADER.values()},
        # Kubernetes writes no endpoints from 1.33 on without a warning.
        "kubeletEndpointsEnabled": False,
        "kubeletEndpointSliceEnabled": True,
        "admissionWebhooks": {
            # The rules are checked before a deployment. Without the webhook, they can still be changed.
            "failurePolicy": "Ignore",
            # The jobs of the chart would need network policies of their own.
            "patch": {"enabled": False},
            "certManager": {"enabled": True},
        },
    }


def _prometheus(
    scope: Construct, config: PrometheusConfig, storage_class: str, priority_class: str
) -> dict[str, Json]:
    interval = f"{config.scrape_seconds}s"
    return {
        "replicas": config.replicas,
        "retention": f"{config.retention_days}d",
        # Prometheus counts a GB as 1024^3 bytes.
        "retentionSize": f"{config.retention_gib}GB",
        "scrapeInterval": interval,
        "evaluationInterval": f"{config.evaluation_seconds}s",
        "serviceDiscoveryRole": "EndpointSlice",
        "externalLabels": {"environment": Stack.of(scope).environment},
        # By default only objects with the label of the release count.
        **{
            f"{kind}SelectorNilUsesHelmValues": False
            for kind in ("podMonitor", "probe", "rule", "scrapeConfig", "serviceMonitor")
        },
        "resources": _server(config).values(),
        "priorityClassName": priority_class,
        "securityContext": _USER,
        # Volumes stay in their zone, so a second server in the same zone could never leave it.
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": dict(PROMETHEUS_LABELS)},
            }
        ],
        "storageSpec": {
            "volumeClaimTemplate": {
                "spec": {
                    "storageClassName": storage_class,
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": f"{config.volume_gib}Gi"}},
                }
            }
        },
    }

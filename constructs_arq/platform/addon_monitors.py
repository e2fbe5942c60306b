"""Metrics of add-ons: Prometheus reads those of each, without a setting of its chart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct, IConstruct

from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.monitored_jobs import JOBS_OF_CHARTS

_API_VERSION: Final = "monitoring.coreos.com/v1"


@dataclass(frozen=True, kw_only=True)
class _MetricsPods:
    """Pods with metrics at `/metrics` of a port. `name` becomes the label `job`."""

    name: str
    namespace: str
    labels: Mapping[str, str]
    port: int


class AddonMonitors(Construct):
    """A PodMonitor for each port with metrics of each add-on in `root`.

    Objects that metrics are about keep their labels, such as the namespace of a certificate. `depends_on` has
    the definitions of the operator. Call it after all add-ons.
    https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        root: IConstruct,
        namespace: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        CustomObjects(
            self,
            "monitors",
            namespace=namespace,
            objects=[_monitor(each, namespace) for each in _find_pods(root)],
            depends_on=depends_on,
        )


def _find_pods(root: IConstruct) -> Iterator[_MetricsPods]:
    for construct in root.node.find_all():
        if isinstance(construct, Addon) and construct.chart not in JOBS_OF_CHARTS:
            for port in construct.metrics_ports:
                yield _MetricsPods(
                    name=construct.chart,
                    namespace=construct.namespace,
                    labels=pod_labels(construct.chart),
                    port=port,
                )


def _monitor(pods: _MetricsPods, namespace: str) -> CustomObject:
    # Some charts don't name the port. Of targets with equal labels, Prometheus keeps one.
    relabelings: Json = [
        {
            "sourceLabels": ["__meta_kubernetes_pod_ip"],
            "targetLabel": "__address__",
            "replacement": f"$1:{pods.port}",
        },
        {"targetLabel": "job", "replacement": pods.name},
        {"action": "labeldrop", "regex": "container"},
    ]
    endpoint: Json = {"path": "/metrics", "honorLabels": True, "relabelings": relabelings}
    return CustomObject(
        api_version=_API_VERSION,
        kind="PodMonitor",
        name=f"{pods.name}-{pods.port}",
        namespace=namespace,
        spec={
            "selector": {"matchLabels": dict(pods.labels)},
            "namespaceSelector": {"matchNames": [pods.namespace]},
            "podMetricsEndpoints": [endpoint],
        },
    )

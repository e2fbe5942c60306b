"""Jobs that Prometheus must have targets of: those of the monitors in a stack, and of charts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from constructs import IConstruct

from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.support_matrix import Chart

# A chart's ServiceMonitors name the job by the Service, or by a label of it (`jobLabel`).
# https://github.com/prometheus-community/helm-charts/tree/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/templates
# https://github.com/grafana-community/helm-charts/blob/loki-18.11.0/charts/loki/templates/monitoring/servicemonitor.yaml
# https://github.com/grafana/alloy/blob/v1.18.1/operations/helm/charts/alloy/templates/servicemonitor.yaml
JOBS_OF_CHARTS: Final[Mapping[Chart, Sequence[str]]] = {
    Chart.ALLOY: ("{release}",),
    Chart.KUBE_PROMETHEUS_STACK: (
        "coredns",
        "kube-prometheus-stack-alertmanager",
        "kube-prometheus-stack-operator",
        "kube-prometheus-stack-prometheus",
        "kubelet",
    ),
    Chart.KUBE_STATE_METRICS: ("kube-state-metrics",),
    Chart.LOKI: ("loki/loki",),
    Chart.NODE_EXPORTER: ("prometheus-node-exporter",),
}
"""The jobs of charts that bring their own monitors. `AddonMonitors` makes those of all others.

`{release}` is the name of the release, of which a stack can have several.
"""

_MONITORS: Final = frozenset({"PodMonitor", "ServiceMonitor"})


def find_jobs(root: IConstruct) -> list[str]:
    """Return the jobs of all monitors in `root`, sorted. Call it after everything that Prometheus reads."""
    return sorted(set(_jobs(root)))


def _jobs(root: IConstruct) -> Iterator[str]:
    for construct in root.node.find_all():
        if isinstance(construct, Addon):
            for job in JOBS_OF_CHARTS.get(construct.chart, ()):
                yield job.format(release=construct.release)
        elif isinstance(construct, CustomObjects):
            yield from (_job_of(each) for each in construct.objects if each.kind in _MONITORS)


def _job_of(monitor: CustomObject) -> str:
    """Return the label `job` of a monitor's targets: that of a relabeling, or the name of the Service."""
    return next(_relabeled_jobs(monitor.spec), monitor.name)


def _relabeled_jobs(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("targetLabel") == "job":
            yield str(value.get("replacement"))
        for each in value.values():
            yield from _relabeled_jobs(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _relabeled_jobs(each)

"""ServiceMonitors and PodMonitors: the pods whose metrics Prometheus reads.

They set no interval, so that of Prometheus is valid for all targets.
https://prometheus-operator.dev/docs/api-reference/api/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cdktf import ITerraformDependable

from constructs_arq.kubernetes.custom_objects import CustomObject, Json

_API_VERSION = "monitoring.coreos.com/v1"


class MonitorDefinitions(Protocol):
    """The custom resource definitions of the Prometheus Operator."""

    @property
    def resource(self) -> ITerraformDependable:
        """The resource that installs them."""
        ...


@dataclass(frozen=True, kw_only=True)
class Scrape:
    """The name of a port and the path of its metrics."""

    port: str
    path: str


def service_monitor(*, name: str, namespace: str, labels: Mapping[str, str], scrape: Scrape) -> CustomObject:
    """Return the monitor of a Service with `labels`.

    The operator gives the targets the labels `namespace`, `service` and `pod`.
    https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.0/pkg/prometheus/promcfg.go
    """
    return _monitor("ServiceMonitor", name, namespace, labels, endpoints=[_endpoint(scrape)])


def pod_monitor(*, name: str, namespace: str, labels: Mapping[str, str], scrape: Scrape) -> CustomObject:
    """Return the monitor of pods with `labels`, without a Service. Their label `service` is `name`."""
    service = {"action": "replace", "targetLabel": "service", "replacement": name}
    # Otherwise the job would be NAMESPACE/NAME, unlike that of a Service.
    job = {"action": "replace", "targetLabel": "job", "replacement": name}
    endpoint = {**_endpoint(scrape), "relabelings": [service, job]}
    return _monitor("PodMonitor", name, namespace, labels, podMetricsEndpoints=[endpoint])


def _endpoint(scrape: Scrape) -> dict[str, Json]:
    return {"port": scrape.port, "path": scrape.path}


def _monitor(
    kind: str, name: str, namespace: str, labels: Mapping[str, str], **targets: Json
) -> CustomObject:
    return CustomObject(
        api_version=_API_VERSION,
        kind=kind,
        name=name,
        namespace=namespace,
        spec={"selector": {"matchLabels": dict(labels)}, **targets},
    )

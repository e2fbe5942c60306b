"""The metrics of services and workers, which Prometheus reads."""

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.values import LiteralText
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects
from constructs_arq.kubernetes.monitors import MonitorDefinitions
from constructs_arq.kubernetes.network_policy import PROMETHEUS
from constructs_arq.services.connections import ServiceConnections


class Metrics(Config):
    """Metrics in Prometheus's format, on the port of the service."""

    path: str = Field(default="/metrics", pattern=r"^/", description="Path of the metrics.")


class MetricsPort(Config):
    """Metrics in Prometheus's format, on a port that the program reads from the variable METRICS_PORT."""

    port: int = Field(default=9464, ge=1024, le=65535, description="Port of plain HTTP.")
    path: str = Field(default="/metrics", pattern=r"^/", description="Path of the metrics.")


class NoMetrics(Config):
    """A program that has no metrics, so nothing can alert about it or show its load."""

    reason: LiteralText = Field(min_length=10, description="Why it has none, and what replaces them.")


def metrics_variables(metrics: MetricsPort | NoMetrics) -> dict[str, str]:
    """Return the variables of a program with a port for its metrics."""
    return {"METRICS_PORT": str(metrics.port)} if isinstance(metrics, MetricsPort) else {}


def add_monitor(
    scope: Construct,
    monitor: CustomObject,
    *,
    connections: ServiceConnections,
    definitions: MonitorDefinitions | None,
    port: Port,
) -> None:
    """Let Prometheus find the pods and connect to the port of their metrics.

    Raises:
        ConstructError: without the definitions of the monitors.
    """
    connections.allow_from(PROMETHEUS, name="prometheus", port=port, why="Prometheus reads the metrics")
    CustomObjects(
        scope,
        "metrics",
        namespace=connections.pods.namespace,
        objects=[monitor],
        depends_on=[_resource(scope, definitions)],
    )


def _resource(scope: Construct, definitions: MonitorDefinitions | None) -> ITerraformDependable:
    if definitions is None:
        raise ConstructError(
            scope.node.path,
            "has metrics, and the definitions of ServiceMonitor and PodMonitor are not known",
            fix="Give definitions=PrometheusDefinitions(…), or metrics=NoMetrics(reason=…).",
        )
    return definitions.resource

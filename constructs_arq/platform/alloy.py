"""Alloy: sends the logs of all pods of a node to Loki."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.port import Port
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import Pods, allow_egress
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.log_pipeline import LOG_FOLDER, LogPipelineConfig, collector_configuration
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.pod_settings import (
    DAEMON_SET_UPDATE,
    RESTRICTED_CONTAINER,
    Resources,
    daemon_set_seconds,
)
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.ALLOY
_METRICS_PORT = 12345
_STATE_FOLDER = "/var/lib/alloy"
_TEMPORARY_FOLDER = "/tmp"  # noqa: S108 - of the container, for Alloy alone
_STOP_SECONDS = 60
_ROOT: dict[str, Json] = {"runAsNonRoot": False, "runAsUser": 0, "runAsGroup": 0}


class AlloyConfig(Config):
    """Settings of Alloy that an environment can vary."""

    cpu_millicores: int = Field(default=50, ge=20, description="CPU on each node.")
    memory_mib: int = Field(default=256, ge=128, description="Memory on each node.")
    pipeline: LogPipelineConfig = LogPipelineConfig()


class Alloy(Construct):
    """Alloy on each node. It uses only the log files of pods, and a folder of the node for its positions.

    So its `namespace` must admit privileged pods. The files belong to root, so it is root, without
    capabilities, without privileges and without a token of Kubernetes. `multiline_namespaces` are those of
    programs that log one JSON object a line.
    https://github.com/grafana/alloy/blob/v1.18.1/operations/helm/charts/alloy/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        namespace: Namespace,
        loki: Loki,
        multiline_namespaces: Sequence[str],
        config: AlloyConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        resources = Resources(cpu=f"{config.cpu_millicores}m", memory=f"{config.memory_mib}Mi")
        configuration = collector_configuration(
            config.pipeline, url=loki.url, tenant=loki.tenant, multiline_namespaces=multiline_namespaces
        )
        loki.allow_writers("alloy", Pods(namespace=namespace.literal_name, labels=pod_labels(_CHART)))
        allow_egress(
            self,
            "loki",
            name=f"{_CHART}-loki",
            pods=Pods(namespace=namespace.name, labels=pod_labels(_CHART)),
            to=[loki.pods],
            ports=[Port.tcp(loki.port)],
            why="it sends logs",
        )
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=namespace,
            values=_values(configuration, config, resources),
            pods=[resources.pods_of_each_node(_CHART)],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            update_seconds=daemon_set_seconds(_STOP_SECONDS),
            depends_on=[loki.resource, *depends_on],
        ).resource


def _values(configuration: str, config: AlloyConfig, resources: Resources) -> dict[str, Json]:
    return {
        # The definition of PodLogs, which we don't use.
        "crds": {"create": False},
        "alloy": {
            "configMap": {"content": configuration},
            "enableReporting": False,
            "storagePath": _STATE_FOLDER,
            "resources": resources.values(),
            # Go frees memory before the limit ends the process.
            "extraEnv": [{"name": "GOMEMLIMIT", "value": f"{config.memory_mib * 9 // 10}MiB"}],
            "securityContext": {**RESTRICTED_CONTAINER, **_ROOT},
            "mounts": {
                "extra": [
                    {"name": "pod-logs", "mountPath": LOG_FOLDER, "readOnly": True},
                    {"name": "state", "mountPath": _STATE_FOLDER},
                    {"name": "temporary", "mountPath": _TEMPORARY_FOLDER},
                ]
            },
        },
        "controller": {
            "type": "daemonset",
            "volumes": {
                "extra": [
                    {"name": "pod-logs", "hostPath": {"path": LOG_FOLDER, "type": "Directory"}},
                    # The positions in files. With a new folder, a pod would read all files again, and Loki
                    # refuses lines that are an hour behind others of their stream.
                    {"name": "state", "hostPath": {"path": _STATE_FOLDER, "type": "DirectoryOrCreate"}},
                    {"name": "temporary", "emptyDir": {"sizeLimit": "64Mi"}},
                ]
            },
            "updateStrategy": DAEMON_SET_UPDATE,
            "terminationGracePeriodSeconds": _STOP_SECONDS,
            # A node without it has no logs of its pods.
            "priorityClassName": "system-node-critical",
            "tolerations": [{"operator": "Exists"}],
        },
        # The pods start again with a new configuration.
        "configReloader": {"enabled": False},
        "rbac": {"create": False},
        "serviceAccount": {"create": True, "automountServiceAccountToken": False},
        "serviceMonitor": {"enabled": True},
    }

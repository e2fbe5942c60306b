"""Loki: stores the logs of an environment in S3, and answers queries."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.network_policy import GRAFANA, Pods, allow_ingress
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.log_store import LogStore
from constructs_arq.platform.loki_settings import (
    GRPC_PORT,
    HTTP_PORT,
    MEMBERLIST_PORT,
    LokiConfig,
    loki_configuration,
)
from constructs_arq.platform.pod_settings import Resources, replacement_seconds
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.LOKI
# Time to write all logs in memory to S3.
_STOP_SECONDS = 300
# Components of the chart's other modes, and programs that we don't need.
_OTHER_MODES = ("backend", "read", "write")
_UNUSED = ("chunksCache", "gateway", "lokiCanary", "memcachedExporter", "resultsCache", "ruler", "test")
_OFF: dict[str, Json] = {
    **{name: {"replicas": 0} for name in _OTHER_MODES},
    **{name: {"enabled": False} for name in _UNUSED},
    "sidecar": {"rules": {"enabled": False}},
}


class Loki(Construct):
    """Loki in its highly available monolithic mode: three equal pods in three zones, each with all new logs.

    `store` holds the logs. The only tenant is the environment: requests need the header `X-Scope-OrgID` with
    `tenant`. Grafana may connect, and the pods of `allow_writers`.
    https://grafana.com/docs/loki/latest/get-started/deployment-modes/#ha-monolithic-mode
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        store: LogStore,
        volumes: StorageClass,
        config: LokiConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        store.grant_read_write(target.cluster.workload(_CHART, namespace=_CHART))
        resources = Resources(cpu=f"{config.cpu_millicores}m", memory=f"{config.memory_mib}Mi")
        stack = Stack.of(self)
        configuration = loki_configuration(
            config,
            bucket_name=store.bucket_name,
            region=stack.region,
            retention_days=store.retention_days,
            namespace=_CHART,
        )
        addon = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values={
                **_OFF,
                "deploymentMode": "Monolithic",
                # The configuration is complete: nothing of the chart's template remains.
                "loki": {"config": "{}", "structuredConfig": dict(configuration)},
                "singleBinary": _pods(config, resources, volumes),
                "serviceAccount": {"create": True, "name": _CHART, "automountServiceAccountToken": False},
                "rbac": {"namespaced": True},
                "defaults": {
                    "automountServiceAccountToken": False,
                    # Clients reach pods that are ready. Pods find each other before that.
                    "service": {"publishNotReadyAddresses": False},
                },
                # Without an interval, that of Prometheus is valid. The chart's is 15 seconds.
                "monitoring": {"serviceMonitor": {"enabled": True, "interval": ""}},
                "memberlist": {"service": {"publishNotReadyAddresses": True}},
            },
            # A new version replaces each pod with its volume.
            pods=[resources.pods(_CHART, most=config.replicas)],
            traffic=Traffic(own_ports=(GRPC_PORT, MEMBERLIST_PORT), metrics_ports=(HTTP_PORT,)),
            # One pod after the other.
            update_seconds=replacement_seconds(steps=config.replicas, stop_seconds=_STOP_SECONDS),
            depends_on=depends_on,
        )
        self._namespace = addon.namespace
        self.resource: ITerraformDependable = addon.resource
        self.port: int = HTTP_PORT
        self.pods: Pods = Pods(namespace=_CHART, labels=pod_labels(_CHART))
        self.url: str = f"http://loki.{_CHART}.svc.cluster.local:{HTTP_PORT}"
        self.tenant: str = stack.environment
        self._allow("readers", GRAFANA, why="Grafana reads logs")

    def allow_writers(self, name: str, pods: Pods) -> None:
        """Let `pods` send logs. `name` is that of the writers."""
        self._allow(name, pods, why=f"{name} sends logs")

    def _allow(self, name: str, peer: Pods, *, why: str) -> None:
        allow_ingress(
            self,
            name,
            name=f"{_CHART}-{name}",
            pods=Pods(namespace=self._namespace, labels=pod_labels(_CHART)),
            peers=[peer],
            ports=[Port.tcp(HTTP_PORT)],
            why=why,
        )


def _pods(config: LokiConfig, resources: Resources, volumes: StorageClass) -> dict[str, Json]:
    return {
        "replicas": config.replicas,
        "resources": resources.values(),
        # Go frees memory before the limit ends the process.
        "extraEnv": [{"name": "GOMEMLIMIT", "value": f"{config.memory_mib * 9 // 10}MiB"}],
        "terminationGracePeriodSeconds": _STOP_SECONDS,
        # The add-on has a budget of one pod.
        "podDisruptionBudget": {"enabled": False},
        # Two pods in one zone would be the majority of the copies.
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": {"matchLabels": pod_labels(_CHART)},
            }
        ],
        "persistence": {
            "size": f"{config.volume_gib}Gi",
            "storageClass": volumes.name,
            # A volume without its StatefulSet would cost on. All logs are in S3 by then.
            "enableStatefulSetAutoDeletePVC": True,
            "whenDeleted": "Delete",
            "whenScaled": "Retain",
        },
    }

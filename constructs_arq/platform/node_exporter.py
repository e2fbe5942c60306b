"""node-exporter: CPU, memory and disks of nodes as metrics."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.pod_settings import (
    DAEMON_SET_UPDATE,
    RESTRICTED_CONTAINER,
    RESTRICTED_POD,
    Resources,
    daemon_set_seconds,
)
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.NODE_EXPORTER
_METRICS_PORT = 9100
_USER_ID = 65534
# The default of Kubernetes, and of the chart.
_STOP_SECONDS = 30
_RESOURCES = Resources(cpu="20m", memory="64Mi")
# Without the network of the node, they would read that of the pod.
_NETWORK_COLLECTORS = (
    "arp",
    "bonding",
    "conntrack",
    "infiniband",
    "ipvs",
    "netclass",
    "netdev",
    "netstat",
    "nfs",
    "nfsd",
    "sockstat",
    "softnet",
    "udp_queues",
)


class NodeExporter(Construct):
    """node-exporter on each node. It reads `/proc`, `/sys` and the file systems of the node.

    So its `namespace` must admit privileged pods. It has a network and processes of its own, not those of the
    node: network policies apply to it, and its port is not open on the node.
    https://github.com/prometheus-community/helm-charts/blob/prometheus-node-exporter-4.56.1/charts/prometheus-node-exporter/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        namespace: Namespace,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=namespace,
            values=_values(),
            pods=[_RESOURCES.pods_of_each_node(_CHART)],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            update_seconds=daemon_set_seconds(_STOP_SECONDS),
            depends_on=depends_on,
        ).resource


def _values() -> dict[str, Json]:
    return {
        "hostNetwork": False,
        "hostPID": False,
        "resources": _RESOURCES.values(),
        "updateStrategy": DAEMON_SET_UPDATE,
        # A node without it has no metrics of its disk and memory.
        "priorityClassName": "system-node-critical",
        "tolerations": [{"operator": "Exists"}],
        "securityContext": {**RESTRICTED_POD, "runAsUser": _USER_ID, "runAsGroup": _USER_ID},
        "containerSecurityContext": RESTRICTED_CONTAINER,
        "extraArgs": [f"--no-collector.{name}" for name in _NETWORK_COLLECTORS],
        "prometheus": {
            "monitor": {
                "enabled": True,
                # Alerts and dashboards name the node, not the address of a pod.
                "relabelings": [
                    {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"},
                ],
            }
        },
    }

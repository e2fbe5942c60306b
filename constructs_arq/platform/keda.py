"""KEDA: scales workers on the length of queues."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.protocols import Grantee
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.pod_settings import Resources, controller_pods, replicas_for, spread_over_zones
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.KEDA
_OPERATOR = "keda-operator"
_METRICS_PORT = 6443
_WEBHOOK_PORT = 9443
# The metrics server asks the operator.
_OPERATOR_PORT = 9666
_RESOURCES = Resources(cpu="50m", memory="256Mi")
_PROMETHEUS_PORT = 8080
# Components as the chart's values name them, and as their pods are named.
_COMPONENTS = {
    "operator": _OPERATOR,
    "metricsServer": "keda-operator-metrics-apiserver",
    "webhooks": "keda-admission-webhooks",
}


class Keda(Construct):
    """KEDA, which reads queues as the workload `identity`. `Worker` grants it its queue.

    ScaledObjects depend on `resource`. They use a TriggerAuthentication whose `identityOwner` is `keda`. KEDA
    can't read Kubernetes secrets. The chart has the definitions, so Terraform upgrades both together.
    https://github.com/kedacore/charts/blob/v2.20.2/keda/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.identity: Grantee = target.cluster.workload(_OPERATOR, namespace=_CHART)
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values=self._values(),
            pods=controller_pods(self, dict.fromkeys(_COMPONENTS.values(), _RESOURCES)),
            traffic=Traffic(
                vpc_ports=(_METRICS_PORT, _WEBHOOK_PORT),
                own_ports=(_OPERATOR_PORT,),
                metrics_ports=(_PROMETHEUS_PORT,),
            ),
            depends_on=depends_on,
        ).resource

    def _values(self) -> dict[str, Json]:
        replicas = replicas_for(self)
        return {
            "crds": {"install": True},
            "serviceAccount": {"operator": {"create": True, "name": _OPERATOR}},
            "operator": {"replicaCount": replicas},
            "metricsServer": {"replicaCount": replicas},
            "webhooks": {"replicaCount": replicas, "port": str(_WEBHOOK_PORT)},
            "service": {"portHttpsTarget": _METRICS_PORT},
            # By default the operator and the webhooks have no metrics.
            "prometheus": {name: {"enabled": True} for name in ("operator", "metricServer", "webhooks")},
            # Helm adds the chart's limit of one CPU.
            "resources": dict.fromkeys(("operator", "metricServer", "webhooks"), _RESOURCES.values()),
            "topologySpreadConstraints": {
                component: spread_over_zones({**pod_labels(_CHART), "app.kubernetes.io/name": name})
                for component, name in _COMPONENTS.items()
            },
            "permissions": {
                "operator": {"restrict": {"secret": True}},
                "metricServer": {"restrict": {"secret": True}},
            },
            # By default it may change every kind of object that has replicas.
            "rbac": {"enabledCustomScaledRefKinds": False},
        }

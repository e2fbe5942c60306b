"""The common shape of add-ons."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.pod_group import PodGroup
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.disruption_budget import add_disruption_budget
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import Pods
from constructs_arq.platform.chart_release import SYSTEM_NAMESPACE, install_chart
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic, limit_traffic

# Kubernetes evicts no pod that has two budgets: https://github.com/kubernetes/kubernetes/issues/75957.
# Karpenter's chart always creates one. `Prometheus` makes one for each of its components. No drain evicts the
# pods of a daemon set.
_WITHOUT_BUDGET = frozenset({Chart.KARPENTER, Chart.KUBE_PROMETHEUS_STACK, Chart.NODE_EXPORTER, Chart.ALLOY})


class Addon(Construct):
    """A controller that a third-party chart installs.

    The support matrix has the chart's version, repository and digest. The pods have a disruption budget of
    one pod, and receive only `traffic`. `pods` are those that `values` makes, for checks of capacity. A
    namespace by name, other than `kube-system`, belongs to the add-on, and admits only restricted pods. A
    `Namespace` can have other pods too. The release has the chart's name, unless `name` is given.
    `update_seconds` is the time in which an update replaces all pods, if it can exceed ten minutes: Helm
    waits as long. `resource` is for the `depends_on` of what needs the controller: Terraform creates that
    later, and destroys it while the controller can still delete what it made in AWS.

    Raises:
        ConfigError: if the chart doesn't support the Kubernetes version of the cluster.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        chart: Chart,
        namespace: str | Namespace,
        values: Mapping[str, Json],
        pods: Sequence[PodGroup],
        traffic: Traffic,
        name: str | None = None,
        skip_crds: bool = False,
        update_seconds: int = 0,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        name = name or chart.value
        self.pod_groups: Sequence[PodGroup] = pods
        self.chart: Chart = chart
        self.release: str = name
        self.metrics_ports: Sequence[int] = traffic.metrics_ports
        owned = isinstance(namespace, str) and namespace != SYSTEM_NAMESPACE
        if isinstance(namespace, str) and owned:
            namespace = Namespace(self, "namespace", name=namespace)
        self.namespace: str = namespace if isinstance(namespace, str) else namespace.name
        policies = limit_traffic(
            self,
            "traffic",
            name=name,
            # Jobs of charts don't have the label of the release.
            pods=Pods(namespace=self.namespace, labels={} if owned else pod_labels(name)),
            vpc_cidr=target.network.cidr,
            traffic=traffic,
        )
        if name not in _WITHOUT_BUDGET:
            policies.append(
                add_disruption_budget(
                    self, name=f"{name}-pods", namespace=self.namespace, labels=pod_labels(name)
                )
            )
        self.resource: ITerraformDependable = install_chart(
            self,
            "Default",
            target=target,
            chart=chart,
            name=name,
            namespace=self.namespace,
            values=values,
            skip_crds=skip_crds,
            update_seconds=update_seconds,
            # The pods need the policies until the last one has stopped.
            depends_on=[*policies, *depends_on],
        )


def pod_labels(release: str) -> dict[str, str]:
    """Return the label with which a chart marks the pods of a release. Its value is the release's name."""
    return {"app.kubernetes.io/instance": str(release)}

"""The custom resource definitions of the Prometheus Operator."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.platform.chart_release import install_chart
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget


class PrometheusDefinitions(Construct):
    """The definitions of ServiceMonitor, PodMonitor, PrometheusRule and others, as a release of their own.

    Terraform upgrades them before the operator. Everything with such objects depends on `resource`, also
    while no Prometheus runs.
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
        self.resource: ITerraformDependable = install_chart(
            self,
            "Default",
            target=target,
            chart=Chart.PROMETHEUS_OPERATOR_CRDS,
            values={},
            depends_on=depends_on,
        )

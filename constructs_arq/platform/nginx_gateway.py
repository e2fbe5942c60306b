"""NGINX Gateway Fabric: makes nginx pods from Gateway and HTTPRoute objects."""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.chart_release import install_chart
from constructs_arq.platform.pod_settings import Resources, controller_pods, replicas_for, spread_over_zones
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.NGINX_GATEWAY_FABRIC
_NAMESPACE = "nginx-gateway"
# The nginx pods of all gateways get their configuration there.
_AGENT_PORT = 8443
_CONTROLLER = Resources(cpu="100m", memory="256Mi")
_METRICS_PORT = 9113


class NginxGatewayFabric(Construct):
    """The control plane of gateways of the class `gateway_class`, with the definitions of the Gateway API.

    Gateways and routes depend on `resource`. The nginx pods run in the namespaces of their gateways.
    https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/charts/nginx-gateway-fabric/values.yaml
    """

    gateway_class: Final[str] = "nginx"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        definitions = install_chart(
            self,
            "definitions",
            target=target,
            chart=Chart.GATEWAY_API_CRDS,
            values={},
            depends_on=depends_on,
        )
        addon = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_NAMESPACE,
            values=self._values(),
            pods=controller_pods(self, {_CHART: _CONTROLLER}),
            traffic=Traffic(vpc_ports=(_AGENT_PORT,), metrics_ports=(_METRICS_PORT,)),
            depends_on=[definitions],
        )
        self.namespace: str = addon.namespace
        self.resource: ITerraformDependable = addon.resource

    def _values(self) -> dict[str, Json]:
        return {
            "nginxGateway": {
                "gatewayClassName": self.gateway_class,
                "replicas": replicas_for(self),
                "resources": _CONTROLLER.values(),
                "topologySpreadConstraints": spread_over_zones(pod_labels(_CHART)),
                # Gateways compress responses by a SnippetsPolicy: the fabric has no setting for it.
                "snippets": {"enable": True},
                "productTelemetry": {"enable": False},
            },
            # Terraform makes the load balancer. With the default, the cluster would make another one.
            "nginx": {"service": {"type": "ClusterIP"}},
        }

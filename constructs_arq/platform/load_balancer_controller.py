"""The AWS Load Balancer Controller: registers pods in the target groups that Terraform creates."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.chart_release import SYSTEM_NAMESPACE
from constructs_arq.platform.pod_settings import (
    RESTRICTED_CONTAINER,
    Resources,
    controller_pods,
    replicas_for,
    spread_over_zones,
)
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.AWS_LOAD_BALANCER_CONTROLLER
_WEBHOOK_PORT = 9443
_CONTROLLER = Resources(cpu="100m", memory="256Mi")
_METRICS_PORT = 8080


class LoadBalancerController(Construct):
    """The controller of TargetGroupBindings. Terraform makes all load balancers.

    Its role is that of `cluster.load_balancer_controller`. Delete TargetGroupBindings before it: they have a
    finalizer. So let them depend on `resource`.
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/helm/aws-load-balancer-controller/values.yaml
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
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=SYSTEM_NAMESPACE,
            values=_values(self, target),
            pods=controller_pods(self, {_CHART: _CONTROLLER}),
            traffic=Traffic(vpc_ports=(_WEBHOOK_PORT,), metrics_ports=(_METRICS_PORT,)),
            depends_on=depends_on,
        ).resource


def _values(scope: Construct, target: AddonTarget) -> dict[str, Json]:
    return {
        "clusterName": target.cluster.name,
        # Without these, the controller asks the instance metadata, which pods can't reach.
        # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/#using-the-amazon-ec2-instance-metadata-server-version-2-imdsv2
        "region": Stack.of(scope).region,
        "vpcId": target.network.vpc_id,
        "serviceAccount": {"create": True, "name": _CHART},
        "replicaCount": replicas_for(scope),
        "resources": _CONTROLLER.values(),
        "securityContext": RESTRICTED_CONTAINER,
        "podSecurityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": spread_over_zones(pod_labels(_CHART)),
        # Otherwise each upgrade makes a new certificate, and the API rejects calls of the webhooks until all
        # pods have it: https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2473
        "keepTLSSecret": True,
        # Otherwise the creation of any Service fails while the controller has no ready pod:
        # https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4140
        "enableServiceMutatorWebhook": False,
        "createIngressClassResource": False,
        "ingressClassParams": {"create": False},
        # Terraform opens pods to the load balancer.
        "enableBackendSecurityGroup": False,
        # The role can use none of them.
        "enableShield": False,
        "enableWaf": False,
        "enableWafv2": False,
        "controllerConfig": {
            "featureGates": {
                "EnableServiceController": False,
                # NGINX Gateway Fabric implements the Gateway API.
                "ALBGatewayAPI": False,
                "NLBGatewayAPI": False,
            }
        },
    }

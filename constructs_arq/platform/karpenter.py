"""Karpenter: launches nodes for pending pods, and replaces and removes nodes."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.cluster.karpenter import Karpenter
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import CustomObjects, Json
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.chart_release import SYSTEM_NAMESPACE, install_chart
from constructs_arq.platform.karpenter_config import KarpenterConfig
from constructs_arq.platform.node_pools import node_class, node_pool
from constructs_arq.platform.pod_settings import Resources, controller_pods, replicas_for
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

# Karpenter drains nodes. Pods that may not be evicted stay until the grace period of their node pool.
_DRAIN_SECONDS = 3600
_CONTROLLER = Resources(cpu="500m", memory="1Gi")
_METRICS_PORT = 8080


class KarpenterController(Construct):
    """Karpenter with its definitions, one EC2NodeClass, and the node pools of the environment.

    The definitions are a release of their own, which Terraform upgrades before the controller. The controller
    runs on nodes of node groups only: its chart excludes the nodes that it launches. Terraform deletes the
    node pools first, and waits until Karpenter has drained and ended their nodes.

    `image_release` is a release of AL2023 such as 1.35.8-20260917. `nodes` depends on all of it.
    https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/charts/karpenter/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        identity: Karpenter,
        volumes_key: EncryptionKey,
        subnet_tag: str,
        image_release: str,
        config: KarpenterConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        definitions = install_chart(
            self, "definitions", target=target, chart=Chart.KARPENTER_CRD, values={}, depends_on=depends_on
        )
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=Chart.KARPENTER,
            namespace=SYSTEM_NAMESPACE,
            values=_values(self, target, identity),
            pods=controller_pods(self, {Chart.KARPENTER: _CONTROLLER}),
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            skip_crds=True,
            depends_on=[definitions],
        ).resource
        self.nodes: ITerraformDependable = CustomObjects(
            self,
            "nodes",
            namespace=SYSTEM_NAMESPACE,
            objects=[
                node_class(
                    image_release=image_release,
                    instance_profile=identity.instance_profile_name,
                    subnet_tag=subnet_tag,
                    security_group_tag=target.cluster.name,
                    key_arn=volumes_key.arn,
                    tags={**Stack.of(self).common_tags, "managed-by": "karpenter"},
                    config=config,
                ),
                *(node_pool(name, pool) for name, pool in config.node_pools.items()),
            ],
            timeout_seconds=_DRAIN_SECONDS,
            depends_on=[self.resource],
        ).resource


def _values(scope: Construct, target: AddonTarget, identity: Karpenter) -> dict[str, Json]:
    return {
        "replicas": replicas_for(scope),
        "serviceAccount": {"create": True, "name": "karpenter"},
        # CoreDNS may wait for a node that Karpenter has to launch.
        # https://karpenter.sh/docs/troubleshooting/#karpenter-isnt-able-to-resolve-dns
        "dnsPolicy": "Default",
        "settings": {
            "clusterName": target.cluster.name,
            "clusterEndpoint": target.cluster.endpoint,
            "interruptionQueue": identity.queue_name,
        },
        "controller": {
            # Otherwise it asks the instance metadata, which pods can't reach.
            "env": [{"name": "AWS_REGION", "value": Stack.of(scope).region}],
            "resources": _CONTROLLER.values(),
        },
    }

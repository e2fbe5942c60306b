"""Pods of EKS add-ons, with the requests that AWS sets.

The figures are the defaults of https://github.com/aws/eks-charts/blob/master/stable/aws-vpc-cni/values.yaml,
https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml,
https://github.com/aws/eks-node-monitoring-agent/blob/main/charts/eks-node-monitoring-agent/values.yaml,
https://github.com/aws/eks-pod-identity-agent/blob/main/charts/eks-pod-identity-agent/values.yaml,
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-configure-security-agent-eks-addon.html and
https://github.com/aws-observability/helm-charts/blob/main/charts/amazon-cloudwatch-observability/values.yaml.
`aws eks describe-addon-configuration` and the objects in a cluster show those of a version.
"""

from collections.abc import Sequence

from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.core.pod_group import PodGroup, most_pods

_ON_EACH_NODE = (
    # The CNI, and the agent of network policies.
    PodGroup(name=Addon.VPC_CNI, pods=1, millicores=50, mib=0),
    PodGroup(name=Addon.KUBE_PROXY, pods=1, millicores=100, mib=0),
    PodGroup(name=Addon.POD_IDENTITY_AGENT, pods=1, millicores=0, mib=0),
    PodGroup(name=Addon.NODE_MONITORING_AGENT, pods=1, millicores=10, mib=30),
    # Three containers.
    PodGroup(name=f"{Addon.EBS_CSI_DRIVER} node", pods=1, millicores=30, mib=120),
    # GuardDuty of the account installs it, with its defaults, and no stack of the environment has it.
    PodGroup(name="aws-guardduty-agent", pods=1, millicores=200, mib=256),
)
_CONTROLLERS = (
    PodGroup(name=Addon.COREDNS, pods=most_pods(2), millicores=100, mib=70),
    PodGroup(name=Addon.METRICS_SERVER, pods=most_pods(2), millicores=100, mib=200),
    # Six containers.
    PodGroup(name=f"{Addon.EBS_CSI_DRIVER} controller", pods=most_pods(2), millicores=60, mib=240),
)
_INSIGHTS_AGENT = PodGroup(name=f"{Addon.CLOUDWATCH_OBSERVABILITY} agent", pods=1, millicores=250, mib=128)
_INSIGHTS_CONTROLLER = PodGroup(
    name=f"{Addon.CLOUDWATCH_OBSERVABILITY} controller", pods=most_pods(1), millicores=100, mib=64
)


def pods_of_each_node(*, container_insights: bool) -> Sequence[PodGroup]:
    """Return the pods that EKS add-ons run on each node, also that of GuardDuty."""
    return (*_ON_EACH_NODE, _INSIGHTS_AGENT) if container_insights else _ON_EACH_NODE


def pods_of_controllers(*, container_insights: bool) -> Sequence[PodGroup]:
    """Return the pods that EKS add-ons run once in a cluster, during an update."""
    return (*_CONTROLLERS, _INSIGHTS_CONTROLLER) if container_insights else _CONTROLLERS

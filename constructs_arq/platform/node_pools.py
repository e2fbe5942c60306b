"""Karpenter's custom resources: what a node is, and how many there may be."""

from collections.abc import Sequence
from typing import Final

from constructs_arq.cluster.node_group import Capacity, Taint, TaintEffect
from constructs_arq.core.launch_template import ROOT_DEVICE
from constructs_arq.kubernetes.custom_objects import CustomObject, Json
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig

_NODE_CLASS: Final = "default"
_GROUP: Final = "karpenter.k8s.aws"
_DISCOVERY_TAG: Final = "karpenter.sh/discovery"
# The limit of EKS for nodes with up to 30 vCPUs. Prefix delegation gives a node of size large or above enough
# addresses. Karpenter assumes fewer pods, because it doesn't know of prefix delegation.
# https://karpenter.sh/docs/concepts/nodeclasses/#speckubelet
_MAX_PODS: Final = 110
_SMALL_SIZES: Final = ("nano", "micro", "small", "medium")
_CAPACITIES: Final = {Capacity.ON_DEMAND: "on-demand", Capacity.SPOT: "spot"}
_EFFECTS: Final = {
    TaintEffect.NO_SCHEDULE: "NoSchedule",
    TaintEffect.PREFER_NO_SCHEDULE: "PreferNoSchedule",
    TaintEffect.NO_EXECUTE: "NoExecute",
}


def node_class(
    *,
    image_release: str,
    instance_profile: str,
    subnet_tag: str,
    security_group_tag: str,
    key_arn: str,
    tags: dict[str, str],
    config: KarpenterConfig,
) -> CustomObject:
    """Return the EC2NodeClass: IMDSv2 for the node only, an encrypted volume, and an exact image.

    `image_release` is a release of AL2023 such as 1.35.8-20260917. The tags find the subnets and the security
    group. https://karpenter.sh/docs/concepts/nodeclasses/
    """
    return CustomObject(
        api_version=f"{_GROUP}/v1",
        kind="EC2NodeClass",
        name=_NODE_CLASS,
        spec={
            "amiSelectorTerms": [{"alias": f"al2023@v{image_release.rpartition('-')[2]}"}],
            "instanceProfile": instance_profile,
            "subnetSelectorTerms": [{"tags": {_DISCOVERY_TAG: subnet_tag}}],
            "securityGroupSelectorTerms": [{"tags": {_DISCOVERY_TAG: security_group_tag}}],
            "associatePublicIPAddress": False,
            "kubelet": {"maxPods": _MAX_PODS},
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpProtocolIPv6": "disabled",
                "httpPutResponseHopLimit": 1,
                "httpTokens": "required",
            },
            "blockDeviceMappings": [
                {
                    "deviceName": ROOT_DEVICE,
                    "ebs": {
                        "volumeSize": f"{config.volume_gib}Gi",
                        "volumeType": "gp3",
                        "encrypted": True,
                        "kmsKeyID": key_arn,
                        "deleteOnTermination": True,
                    },
                }
            ],
            "tags": tags,
        },
    )


def node_pool(name: str, config: NodePoolConfig) -> CustomObject:
    """Return a NodePool. https://karpenter.sh/docs/concepts/nodepools/."""
    return CustomObject(
        api_version="karpenter.sh/v1",
        kind="NodePool",
        name=name,
        spec={
            "template": {
                "metadata": {"labels": dict(config.labels)},
                "spec": {
                    "nodeClassRef": {"group": _GROUP, "kind": "EC2NodeClass", "name": _NODE_CLASS},
                    "requirements": _requirements(config),
                    "taints": [_taint(each) for each in config.taints],
                    "expireAfter": f"{config.expire_after_days * 24}h",
                    "terminationGracePeriod": f"{config.drain_hours}h",
                },
            },
            "limits": {"cpu": str(config.vcpus), "memory": f"{config.memory_gib}Gi"},
            "disruption": {
                "consolidationPolicy": "WhenEmptyOrUnderutilized",
                "consolidateAfter": f"{config.consolidate_after_minutes}m",
                "budgets": [{"nodes": config.disrupted_nodes}],
            },
        },
    )


def _taint(taint: Taint) -> Json:
    """Return a taint as Karpenter reads it. Its definition refuses an empty value."""
    value = {"value": taint.value} if taint.value else {}
    return {"key": taint.key, **value, "effect": _EFFECTS[taint.effect]}


def _requirements(config: NodePoolConfig) -> list[Json]:
    return [
        _requirement("kubernetes.io/os", "In", ["linux"]),
        _requirement("kubernetes.io/arch", "In", [config.architecture.kubernetes_name]),
        _requirement("karpenter.sh/capacity-type", "In", [_CAPACITIES[each] for each in config.capacity]),
        _requirement(f"{_GROUP}/instance-category", "In", config.categories),
        _requirement(f"{_GROUP}/instance-generation", "Gt", [str(config.newer_than_generation)]),
        _requirement(f"{_GROUP}/instance-size", "NotIn", _SMALL_SIZES),
        _requirement(f"{_GROUP}/instance-cpu", "Lt", [str(config.max_instance_vcpus + 1)]),
    ]


def _requirement(key: str, operator: str, values: Sequence[str]) -> Json:
    return {"key": key, "operator": operator, "values": list(values)}

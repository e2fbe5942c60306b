"""What Karpenter's controller may do: launch and end nodes of its own cluster, and nothing else's."""

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.contracts import Grantee
from constructs_arq.core.stack import Stack

_POOL = "karpenter.sh/nodepool"
_LAUNCH = ("ec2:RunInstances", "ec2:CreateFleet")
_MADE_ON_LAUNCH = (
    "fleet/*",
    "instance/*",
    "launch-template/*",
    "network-interface/*",
    "spot-instances-request/*",
    "volume/*",
)
_DESCRIBED = (
    "CapacityReservations",
    "Images",
    "InstanceStatus",
    "InstanceTypeOfferings",
    "InstanceTypes",
    "Instances",
    "LaunchTemplates",
    "PlacementGroups",
    "SecurityGroups",
    "SpotPriceHistory",
    "Subnets",
)


def allow_karpenter(
    controller: Grantee,
    *,
    stack: Stack,
    cluster: ClusterReference,
    node_role_arn: str,
    instance_profile_name: str,
    queue_arn: str,
) -> None:
    """Allow what Karpenter 1.14 asks for, except to make instance profiles.

    https://karpenter.sh/docs/reference/cloudformation/#controller-authorization
    """
    _allow_launching(controller, stack, cluster)
    _allow_own_nodes(controller, stack, cluster)
    _allow_node_role(controller, stack, node_role_arn, instance_profile_name)
    _allow_looking(controller, stack, cluster)
    controller.allow(
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        on=queue_arn,
        purpose="read-interruptions",
    )


def _allow_launching(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    public = [f"arn:aws:ec2:{stack.region}::{kind}/*" for kind in ("image", "snapshot")]
    own = [
        stack.arn("ec2", f"{kind}/*")
        for kind in ("capacity-reservation", "placement-group", "security-group", "subnet")
    ]
    made = [stack.arn("ec2", each) for each in _MADE_ON_LAUNCH]
    requested = _tagged("aws:RequestTag", cluster.name)
    requested["StringEquals"]["aws:RequestTag/eks:eks-cluster-name"] = cluster.name
    controller.allow(*_LAUNCH, on=[*public, *own], purpose="launch-from")
    controller.allow(
        *_LAUNCH,
        on=stack.arn("ec2", "launch-template/*"),
        purpose="launch-from-own-templates",
        conditions=_tagged("aws:ResourceTag", cluster.name),
    )
    controller.allow(
        *_LAUNCH, "ec2:CreateLaunchTemplate", on=made, purpose="launch-tagged", conditions=requested
    )
    controller.allow(
        "ec2:CreateTags",
        on=made,
        purpose="tag-on-launch",
        conditions={
            "StringEquals": {
                **requested["StringEquals"],
                "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
            },
            "StringLike": requested["StringLike"],
        },
    )


def _allow_own_nodes(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    own = _tagged("aws:ResourceTag", cluster.name)
    controller.allow(
        "ec2:CreateTags",
        on=stack.arn("ec2", "instance/*"),
        purpose="tag-own-nodes",
        conditions={
            **own,
            "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": cluster.name},
            "ForAllValues:StringEquals": {
                "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]
            },
        },
    )
    controller.allow(
        "ec2:TerminateInstances",
        "ec2:DeleteLaunchTemplate",
        on=[stack.arn("ec2", "instance/*"), stack.arn("ec2", "launch-template/*")],
        purpose="end-own-nodes",
        conditions=own,
    )


def _allow_node_role(
    controller: Grantee, stack: Stack, node_role_arn: str, instance_profile_name: str
) -> None:
    controller.allow(
        "iam:PassRole",
        on=node_role_arn,
        purpose="pass-node-role",
        conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    )
    controller.allow(
        "iam:GetInstanceProfile",
        on=stack.arn("iam", f"instance-profile/{instance_profile_name}", region=""),
        purpose="read-instance-profile",
    )
    controller.allow("iam:ListInstanceProfiles", on="*", purpose="list-instance-profiles")


def _allow_looking(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    controller.allow("eks:DescribeCluster", on=cluster.arn, purpose="describe-cluster")
    controller.allow(
        *(f"ec2:Describe{each}" for each in _DESCRIBED),
        on="*",
        purpose="describe-choice",
        conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
    )
    controller.allow(
        "ssm:GetParameter",
        on=f"arn:aws:ssm:{stack.region}::parameter/aws/service/*",
        purpose="read-image-ids",
    )
    controller.allow("pricing:GetProducts", on="*", purpose="read-prices")
    controller.allow(
        "arc-zonal-shift:GetManagedResource",
        on="*",
        purpose="read-zonal-shift",
        conditions={"StringEquals": {"arc-zonal-shift:ResourceIdentifier": cluster.arn}},
    )


def _tagged(kind: str, cluster_name: str) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {f"{kind}/kubernetes.io/cluster/{cluster_name}": "owned"},
        "StringLike": {f"{kind}/{_POOL}": "*"},
    }

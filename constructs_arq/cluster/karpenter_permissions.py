"""IAM permissions of the Karpenter controller, limited to nodes of its cluster."""

from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack

_NODE_POOL_TAG = "karpenter.sh/nodepool"
_LAUNCH = ("ec2:RunInstances", "ec2:CreateFleet")
_LAUNCH_RESOURCES = (
    "fleet/*",
    "instance/*",
    "launch-template/*",
    "network-interface/*",
    "spot-instances-request/*",
    "volume/*",
)
_DESCRIBED_RESOURCES = (
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


def grant_karpenter_permissions(
    controller: Grantee,
    *,
    stack: Stack,
    cluster: ClusterReference,
    node_role_arn: str,
    instance_profile_name: str,
    queue_arn: str,
) -> None:
    """Grant the permissions of Karpenter 1.14, except the creation of instance profiles.

    https://karpenter.sh/docs/reference/cloudformation/#controller-authorization
    """
    _allow_launch(controller, stack, cluster)
    _allow_own_nodes(controller, stack, cluster)
    _allow_node_role(controller, stack, node_role_arn, instance_profile_name, cluster.name)
    _allow_read_only(controller, stack, cluster)
    controller.allow(
        "sqs:DeleteMessage",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        on=queue_arn,
        policy_name="read-interruptions",
    )


def _allow_launch(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    aws_owned = [stack.arn("ec2", f"{kind}/*", account_id="") for kind in ("image", "snapshot")]
    own = [
        stack.arn("ec2", f"{kind}/*")
        for kind in ("capacity-reservation", "placement-group", "security-group", "subnet")
    ]
    launched = [stack.arn("ec2", name) for name in _LAUNCH_RESOURCES]
    requested = _tag_conditions("aws:RequestTag", cluster.name)
    requested["StringEquals"]["aws:RequestTag/eks:eks-cluster-name"] = cluster.name
    controller.allow(*_LAUNCH, on=[*aws_owned, *own], policy_name="launch-from")
    controller.allow(
        *_LAUNCH,
        on=stack.arn("ec2", "launch-template/*"),
        policy_name="launch-from-own-templates",
        conditions=_tag_conditions("aws:ResourceTag", cluster.name),
    )
    controller.allow(
        *_LAUNCH, "ec2:CreateLaunchTemplate", on=launched, policy_name="launch-tagged", conditions=requested
    )
    controller.allow(
        "ec2:CreateTags",
        on=launched,
        policy_name="tag-on-launch",
        conditions={
            "StringEquals": {
                **requested["StringEquals"],
                "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
            },
            "StringLike": requested["StringLike"],
        },
    )


def _allow_own_nodes(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    own = _tag_conditions("aws:ResourceTag", cluster.name)
    controller.allow(
        "ec2:CreateTags",
        on=stack.arn("ec2", "instance/*"),
        policy_name="tag-own-nodes",
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
        policy_name="end-own-nodes",
        conditions=own,
    )


def _allow_node_role(
    controller: Grantee, stack: Stack, node_role_arn: str, instance_profile_name: str, cluster_name: str
) -> None:
    controller.allow(
        "iam:PassRole",
        on=node_role_arn,
        policy_name="pass-node-role",
        conditions={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    )
    controller.allow(
        "iam:GetInstanceProfile",
        # The deletion of an EC2NodeClass ends with a search for a profile that Karpenter could have created,
        # with the prefix. Without the permission, the deletion never ends:
        # https://github.com/jupyter-infra/jupyter-deploy/issues/349
        on=[
            stack.arn("iam", f"instance-profile/{name}", region="")
            for name in (instance_profile_name, f"{cluster_name}_*")
        ],
        policy_name="read-instance-profile",
    )
    controller.allow("iam:ListInstanceProfiles", on="*", policy_name="list-instance-profiles")


def _allow_read_only(controller: Grantee, stack: Stack, cluster: ClusterReference) -> None:
    controller.allow("eks:DescribeCluster", on=cluster.arn, policy_name="describe-cluster")
    controller.allow(
        *(f"ec2:Describe{name}" for name in _DESCRIBED_RESOURCES),
        on="*",
        policy_name="describe-choice",
        conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
    )
    controller.allow(
        "ssm:GetParameter",
        on=stack.arn("ssm", "parameter/aws/service/*", account_id=""),
        policy_name="read-image-ids",
    )
    controller.allow("pricing:GetProducts", on="*", policy_name="read-prices")
    controller.allow(
        "arc-zonal-shift:GetManagedResource",
        on="*",
        policy_name="read-zonal-shift",
        conditions={"StringEquals": {"arc-zonal-shift:ResourceIdentifier": cluster.arn}},
    )


def _tag_conditions(kind: str, cluster_name: str) -> dict[str, dict[str, str]]:
    return {
        "StringEquals": {f"{kind}/kubernetes.io/cluster/{cluster_name}": "owned"},
        "StringLike": {f"{kind}/{_NODE_POOL_TAG}": "*"},
    }

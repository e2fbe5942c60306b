"""IAM permissions of the AWS Load Balancer Controller, limited to load balancers of its cluster."""

from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack

_CLUSTER_TAG = "elbv2.k8s.aws/cluster"
# The controller begins all names with `k8s-`, except names from annotations.
# https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#load-balancer-name
_OWN_NAMES = ("app/k8s-*", "net/k8s-*")
_DESCRIBED_NETWORK = (
    "AccountAttributes",
    "Addresses",
    "AvailabilityZones",
    "Instances",
    "InternetGateways",
    "NetworkInterfaces",
    "RouteTables",
    "SecurityGroups",
    "Subnets",
    "Tags",
    "VpcPeeringConnections",
    "Vpcs",
)
_DESCRIBED_LOAD_BALANCING = (
    "CapacityReservation",
    "ListenerAttributes",
    "ListenerCertificates",
    "Listeners",
    "LoadBalancerAttributes",
    "LoadBalancers",
    "Rules",
    "SSLPolicies",
    "Tags",
    "TargetGroupAttributes",
    "TargetGroups",
    "TargetHealth",
    "TrustStores",
)
_CHANGES = (
    "DeleteLoadBalancer",
    "DeleteTargetGroup",
    "DeregisterTargets",
    "ModifyCapacityReservation",
    "ModifyLoadBalancerAttributes",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "RegisterTargets",
    "SetIpAddressType",
    "SetSecurityGroups",
    "SetSubnets",
)
_LISTENER_CHANGES = (
    "AddListenerCertificates",
    "AddTags",
    "CreateRule",
    "DeleteListener",
    "DeleteRule",
    "ModifyListener",
    "ModifyListenerAttributes",
    "ModifyRule",
    "RemoveListenerCertificates",
    "RemoveTags",
    "SetRulePriorities",
)
# A change of the tag would give the controller the resources of others.
_KEEPS_CLUSTER_TAG = {"Null": {f"aws:RequestTag/{_CLUSTER_TAG}": "true"}}


def grant_load_balancer_permissions(controller: Grantee, *, stack: Stack, cluster_name: str) -> None:
    """Grant the permissions of the controller 3.x, limited to internal load balancers of the cluster.

    They exclude the target groups of other stacks: `TargetGroup.grant_register` grants those. They also
    exclude WAF, Shield and Cognito.
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
    """
    _allow_read_only(controller, stack)
    _allow_security_groups(controller, stack, cluster_name)
    _allow_creation(controller, stack, cluster_name)
    _allow_changes(controller, stack, cluster_name)
    _allow_listeners(controller, stack)


def _allow_read_only(controller: Grantee, stack: Stack) -> None:
    controller.allow(
        *(f"ec2:Describe{name}" for name in _DESCRIBED_NETWORK),
        "ec2:GetSecurityGroupsForVpc",
        *(f"elasticloadbalancing:Describe{name}" for name in _DESCRIBED_LOAD_BALANCING),
        "acm:ListCertificates",
        on="*",
        policy_name="describe-load-balancing",
        conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
    )
    controller.allow(
        "acm:DescribeCertificate", on=stack.arn("acm", "certificate/*"), policy_name="describe-certificates"
    )


def _allow_security_groups(controller: Grantee, stack: Stack, cluster_name: str) -> None:
    groups = stack.arn("ec2", "security-group/*")
    requested, own = _requested(cluster_name), _own(cluster_name)
    controller.allow(
        "ec2:CreateSecurityGroup", on=stack.arn("ec2", "vpc/*"), policy_name="create-security-groups-in-vpc"
    )
    controller.allow(
        "ec2:CreateSecurityGroup",
        on=groups,
        policy_name="create-security-groups",
        conditions={"StringEquals": requested},
    )
    controller.allow(
        "ec2:CreateTags",
        on=groups,
        policy_name="tag-new-security-groups",
        conditions={"StringEquals": {**requested, "ec2:CreateAction": "CreateSecurityGroup"}},
    )
    controller.allow(
        "ec2:CreateTags",
        "ec2:DeleteTags",
        on=groups,
        policy_name="tag-own-security-groups",
        conditions={"StringEquals": own, **_KEEPS_CLUSTER_TAG},
    )
    controller.allow(
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:DeleteSecurityGroup",
        on=groups,
        policy_name="change-own-security-groups",
        conditions={"StringEquals": own},
    )
    # EKS puts this tag on the security group of nodes and pods.
    controller.allow(
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupIngress",
        on=groups,
        policy_name="open-pods-to-load-balancers",
        conditions={"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster_name}": "owned"}},
    )


def _allow_creation(controller: Grantee, stack: Stack, cluster_name: str) -> None:
    requested = _requested(cluster_name)
    load_balancers, target_groups = _load_balancers(stack), _target_groups(stack)
    # CloudFront is the only way in from the internet, so no load balancer is internet-facing.
    controller.allow(
        "elasticloadbalancing:CreateLoadBalancer",
        on=load_balancers,
        policy_name="create-internal-load-balancers",
        conditions={"StringEquals": {**requested, "elasticloadbalancing:Scheme": "internal"}},
    )
    controller.allow(
        "elasticloadbalancing:CreateTargetGroup",
        on=target_groups,
        policy_name="create-target-groups",
        conditions={"StringEquals": requested},
    )
    controller.allow(
        "elasticloadbalancing:AddTags",
        on=[*load_balancers, target_groups],
        policy_name="tag-new-load-balancers",
        conditions={
            "StringEquals": {
                **requested,
                "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"],
            }
        },
    )


def _allow_changes(controller: Grantee, stack: Stack, cluster_name: str) -> None:
    resources = [*_load_balancers(stack), _target_groups(stack)]
    own = _own(cluster_name)
    controller.allow(
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:RemoveTags",
        on=resources,
        policy_name="tag-own-load-balancers",
        conditions={"StringEquals": own, **_KEEPS_CLUSTER_TAG},
    )
    controller.allow(
        *(f"elasticloadbalancing:{action}" for action in _CHANGES),
        on=resources,
        policy_name="change-own-load-balancers",
        conditions={"StringEquals": own},
    )


def _allow_listeners(controller: Grantee, stack: Stack) -> None:
    # By name: rules of Gateway API routes have no tag.
    load_balancers, listeners, rules = (
        [stack.arn("elasticloadbalancing", f"{kind}/{name}") for name in _OWN_NAMES]
        for kind in ("loadbalancer", "listener", "listener-rule")
    )
    controller.allow(
        "elasticloadbalancing:CreateListener", on=load_balancers, policy_name="create-own-listeners"
    )
    controller.allow(
        *(f"elasticloadbalancing:{action}" for action in _LISTENER_CHANGES),
        on=[*listeners, *rules],
        policy_name="change-own-listeners",
    )


def _load_balancers(stack: Stack) -> list[str]:
    return [stack.arn("elasticloadbalancing", f"loadbalancer/{kind}/*") for kind in ("app", "net")]


def _target_groups(stack: Stack) -> str:
    return stack.arn("elasticloadbalancing", "targetgroup/*")


def _requested(cluster_name: str) -> dict[str, str]:
    return {f"aws:RequestTag/{_CLUSTER_TAG}": cluster_name}


def _own(cluster_name: str) -> dict[str, str]:
    return {f"aws:ResourceTag/{_CLUSTER_TAG}": cluster_name}

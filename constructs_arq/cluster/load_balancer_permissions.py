"""IAM permissions of the AWS Load Balancer Controller, which registers pods and makes no load balancers."""

from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack

# Of target groups with pods: their type when a binding is made, and the targets that are registered.
# https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/webhooks/elbv2/targetgroup_helper.go
# https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/targetgroupbinding/targets_manager.go
_TARGETS = ("elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth")
# The addresses of the VPC, and security groups with rules of the controller, even without `networking`.
# https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/pkg/networking/networking_manager.go
_NETWORK = ("ec2:DescribeSecurityGroups", "ec2:DescribeVpcs")


def grant_load_balancer_permissions(controller: Grantee, *, stack: Stack) -> None:
    """Let the controller read target groups and the network. It can change nothing.

    `TargetGroup.grant_register` lets it register pods in one target group. Terraform makes load balancers and
    the rules of security groups.
    """
    controller.allow(
        *_TARGETS,
        *_NETWORK,
        # None of these actions supports permissions for one resource.
        on="*",
        policy_name="describe-load-balancing",
        conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
    )

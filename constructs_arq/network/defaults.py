"""What AWS makes with every VPC, taken over and emptied, so that nothing falls back on it unnoticed."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.default_network_acl import DefaultNetworkAcl
from cdktf_cdktf_provider_aws.default_route_table import DefaultRouteTable
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct


class EmptyDefaults(Construct):
    """The VPC's default security group, network ACL and route table, without a rule or a route in them.

    Without rules given, Terraform removes those that AWS put there.
    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """

    def __init__(self, scope: Construct, id: str, *, vpc: Vpc, name: str) -> None:
        super().__init__(scope, id)
        tags = {"Name": f"{name}-default-unused"}
        DefaultSecurityGroup(self, "security-group", vpc_id=vpc.id, tags=tags)
        DefaultRouteTable(
            self, "route-table", default_route_table_id=vpc.default_route_table_id, route=[], tags=tags
        )
        DefaultNetworkAcl(
            self,
            "acl",
            default_network_acl_id=vpc.default_network_acl_id,
            tags=tags,
            # AWS puts every subnet without an ACL of its own here; Terraform can't take it away again.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["subnet_ids"]),
        )

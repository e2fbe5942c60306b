"""The default resources that AWS creates with each VPC, with all rules removed."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.default_network_acl import DefaultNetworkAcl
from cdktf_cdktf_provider_aws.default_route_table import DefaultRouteTable
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct


class DefaultResources(Construct):
    """The VPC's default security group, network ACL and route table, without rules and routes.

    Terraform removes AWS's own rules if the configuration has none. So a resource that falls back on a
    default has no network access.
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
            # AWS adds each subnet without an own ACL here. Terraform can't remove it.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["subnet_ids"]),
        )

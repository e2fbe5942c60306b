"""Service-linked roles: the roles through which AWS services act in an account."""

from collections.abc import Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_iam_roles import DataAwsIamRoles
from cdktf_cdktf_provider_aws.iam_service_linked_role import IamServiceLinkedRole
from constructs import Construct

from constructs_arq.core.adoption import adopt
from constructs_arq.core.values import slugify

# The services that the library's constructs use, and the names of their roles:
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/using-service-linked-roles.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-service-linked-roles.html
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-rp.html
# https://docs.aws.amazon.com/waf/latest/developerguide/using-service-linked-roles.html
# https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles.html
# https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
# https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/using-service-linked-roles-service-action-1.html
# https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
_ROLE_NAMES: Mapping[str, str] = {
    "apidestinations.events.amazonaws.com": "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "backup.amazonaws.com": "AWSServiceRoleForBackup",
    "config.amazonaws.com": "AWSServiceRoleForConfig",
    "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
    "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "replication.ecr.amazonaws.com": "AWSServiceRoleForECRReplication",
    "restore-testing.backup.amazonaws.com": "AWSServiceRoleForBackupRestoreTesting",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
    "vpcorigin.cloudfront.amazonaws.com": "AWSServiceRoleForCloudFrontVPCOrigin",
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}


class ServiceLinkedRoles(Construct):
    """The service-linked roles of all services that constructs of the library use.

    Terraform imports the roles that exist and creates the others, and never deletes them. AWS creates some on
    first use, which is too late: KMS refuses a key policy with a role that does not exist. The deploy role
    does not have to create them either.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._roles = {
            service: self._create_or_import(service, role_name) for service, role_name in _ROLE_NAMES.items()
        }

    def role(self, service: str) -> IamServiceLinkedRole:
        """Return the role of a service, such as `config.amazonaws.com`.

        Raises:
            KeyError: if no construct of the library uses the service.
        """
        return self._roles[service]

    def _create_or_import(self, service: str, role_name: str) -> IamServiceLinkedRole:
        name = slugify(service.removesuffix(".amazonaws.com"))
        existing = DataAwsIamRoles(
            self,
            f"existing-{name}",
            path_prefix=f"/aws-service-role/{service}/",
            # Roles of autoscaling groups have the same prefix, and a suffix.
            name_regex=f"^{role_name}$",
        )
        role = IamServiceLinkedRole(
            self,
            name,
            aws_service_name=service,
            # AWS wrote the description of an imported role.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["description"]),
        )
        adopt(role, existing_ids=f"${{toset({existing.fqn}.arns)}}")
        return role

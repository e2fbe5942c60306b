"""The roles with which AWS Backup backs up and restores."""

from typing import Final

from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role, Trust
from constructs_arq.security.shared_limits import allow_all_but_administration, deny_all_but

_SERVICE: Final = "backup.amazonaws.com"
# https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
_BACKUP_POLICIES: Final = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)
_RESTORE_POLICIES: Final = (
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Restore",
)
# AWS's policies also allow other services, such as EC2, EFS and DynamoDB, which the stacks don't back up.
_USES: Final = (
    "backup:*",
    "cloudwatch:GetMetricData",
    "ec2:Describe*",
    "events:*",
    "kms:*",
    "rds:*",
    "s3:*",
    "tag:GetResources",
)


class BackupRoles(Construct):
    """A role for backups and one for restores, with AWS's policies, limited by a boundary to RDS and S3.

    The boundary of workloads denies what they need: the state, and copies of databases. So an administrator
    makes the roles. Their names are fixed, because restore tests in another stack use the role for restores.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._boundary = make_managed_policy(
            Construct(self, "boundary"),
            name=stack.physical_name("backup-boundary"),
            description="Limits the roles of AWS Backup",
            statements=[allow_all_but_administration(stack), deny_all_but("BackupOnly", *_USES)],
        )
        self.backup: Role = self._make_role("backup", backup_role_name(stack), _BACKUP_POLICIES)
        self.restore: Role = self._make_role("restore", restore_role_name(stack), _RESTORE_POLICIES)

    def _make_role(self, id: str, name: str, policies: tuple[str, ...]) -> Role:
        role = Role(
            self,
            id,
            description=f"AWS Backup uses it for {id}s",
            trust=Trust.service(_SERVICE),
            role_name=name,
            permissions_boundary=self._boundary.arn,
        )
        for policy in policies:
            role.attach_managed_policy(policy)
        return role


def backup_role_name(stack: Stack) -> str:
    """Return the name of the environment's role for backups."""
    return stack.physical_name("backup")


def restore_role_name(stack: Stack) -> str:
    """Return the name of the environment's role for restores."""
    return stack.physical_name("restore")

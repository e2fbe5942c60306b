"""The IAM role of RDS Enhanced Monitoring."""

from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role, Trust


class EnhancedMonitoring(Construct):
    """The role with which RDS publishes operating system metrics of this account's instances.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    """

    def __init__(self, scope: Construct, id: str, *, identifier: str) -> None:
        super().__init__(scope, id)
        own_account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account_id}}
        role = Role(
            self,
            "role",
            description=f"Lets RDS report the operating system of {identifier}",
            trust=Trust.service("monitoring.rds.amazonaws.com", conditions=own_account),
        )
        role.attach_managed_policy("service-role/AmazonRDSEnhancedMonitoringRole")
        self.role_arn = role.arn

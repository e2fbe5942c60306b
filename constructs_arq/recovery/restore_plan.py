"""The plan by which AWS Backup restores a database each month."""

import json
from typing import Final

from cdktf_cdktf_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktf_cdktf_provider_aws.backup_restore_testing_selection import BackupRestoreTestingSelection
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.instance_class import InstanceClass
from constructs_arq.data.postgres import Postgres
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.recovery.backup_roles import restore_role_name
from constructs_arq.recovery.backups import vault_name
from constructs_arq.security.connections import Connections, SecurityGroup

# A month has at most 31 days between two tests, and an alarm reports 32 days. With a weekday instead of a
# day, 35 days can pass.
_DAY_OF_MONTH: Final = 2
# The longest time from the start to the deletion is 1 + 8 hours and the restore. So no restored instance
# exists when backups start, if the test starts some hours after them.
_START_WINDOW_HOURS: Final = 1
_VALIDATION_HOURS: Final = 8
_NEWEST_OF_DAYS: Final = 7


class RestoreTestsConfig(Config):
    """Settings of restore tests that an environment can vary."""

    hour: int = Field(default=10, ge=0, le=23, description="Hour of the day in UTC when a test starts.")
    instance_class: InstanceClass | None = Field(
        default=None, description="Class of restored databases. None: that of the database."
    )


class RestorePlan(Construct):
    """Restores the newest backup of `database` on the second day of each month, into isolated subnets.

    The restored instance has one zone, IAM authentication and a security group of its own, to which
    `connections` lead. AWS Backup deletes it after the validation, or after eight hours.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: Postgres,
        subnets: IsolatedSubnets,
        config: RestoreTestsConfig,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description="Restored databases in tests",
            listens_on=Port.tcp(database.port),
            address_ranges=subnets.address_ranges,
        )
        self.connections: Connections = group.connections
        name = f"{stack.environment}_{logical_name(scope)}".replace("-", "_")
        plan = BackupRestoreTestingPlan(
            self,
            "Default",
            name=name,
            schedule_expression=f"cron(0 {config.hour} {_DAY_OF_MONTH} * ? *)",
            schedule_expression_timezone="Etc/UTC",
            start_window_hours=_START_WINDOW_HOURS,
            recovery_point_selection=[
                BackupRestoreTestingPlanRecoveryPointSelection(
                    algorithm="LATEST_WITHIN_WINDOW",
                    include_vaults=[stack.arn("backup", f"backup-vault:{vault_name(stack)}")],
                    recovery_point_types=["SNAPSHOT"],
                    selection_window_days=_NEWEST_OF_DAYS,
                )
            ],
        )
        self.arn: str = plan.arn
        self.name: str = plan.name
        BackupRestoreTestingSelection(
            self,
            "database",
            name=database.logical_name.replace("-", "_"),
            restore_testing_plan_name=plan.name,
            protected_resource_type="RDS",
            # The provider doesn't send a change of these: a database with another name needs another plan.
            # https://github.com/hashicorp/terraform-provider-aws/issues/48316
            protected_resource_arns=[stack.arn("rds", f"db:{database.identifier}")],
            iam_role_arn=stack.arn("iam", f"role/{restore_role_name(stack)}", region=""),
            validation_window_hours=_VALIDATION_HOURS,
            # https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
            restore_metadata_overrides={
                "dbInstanceClass": config.instance_class or database.instance_class,
                # AWS's own group has other parameters.
                "dbParameterGroupName": database.parameter_group_name,
                "dbSubnetGroupName": database.subnet_group_name,
                "enableIAMDatabaseAuthentication": "true",
                "multiAz": "false",
                "publiclyAccessible": "false",
                "vpcSecurityGroupIds": json.dumps([self.connections.security_group_id]),
            },
        )

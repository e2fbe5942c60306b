"""The DB instance of a PostgreSQL database."""

from dataclasses import dataclass
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from constructs_arq.core.backup_tags import BackupSchedule, backup_tags
from constructs_arq.core.stack import Stack
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.key import Key

PORT: Final = 5432
MASTER_USER: Final = "dba"
# RDS requires these pairs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.TurningOnAdvanced.html
_INSIGHTS_DAYS: Final = {"standard": 7, "advanced": 465}


@dataclass(frozen=True, kw_only=True)
class InstanceSettings:
    """Values that an instance takes from the constructs around it."""

    identifier: str
    subnets: IsolatedSubnets
    key: Key
    security_group_id: str
    parameter_group_name: str
    monitoring_role_arn: str
    logs: InstanceLogs
    config: PostgresConfig


def create_instance(scope: Construct, settings: InstanceSettings) -> DbInstance:
    """Create the primary instance with its subnet group in `scope`.

    The master password is random, and neither code nor state has it: nobody can log in with it.
    `arqctl database login` changes the master user to IAM. RDS can't manage the password here, because it
    can't create a read replica of a PostgreSQL instance with a managed password.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
    """
    config, stack, key = settings.config, Stack.of(scope), settings.key
    subnet_group = DbSubnetGroup(
        scope,
        "subnets",
        name=settings.identifier,
        description=f"Isolated subnets of {settings.identifier}",
        subnet_ids=settings.subnets.subnet_ids,
    )
    return DbInstance(
        scope,
        "Default",
        identifier=settings.identifier,
        engine="postgres",
        engine_version=config.version,
        engine_lifecycle_support="open-source-rds-extended-support-disabled",
        auto_minor_version_upgrade=True,
        allow_major_version_upgrade=config.allow_major_upgrade,
        # Otherwise the old parameter group stays in use until the maintenance window, and its deletion fails.
        apply_immediately=config.allow_major_upgrade,
        instance_class=config.instance_class,
        multi_az=config.multi_az,
        allocated_storage=config.storage_gib,
        max_allocated_storage=config.max_storage_gib,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=key.arn,
        db_name=config.database_name,
        username=MASTER_USER,
        password_wo="${uuid()}",  # noqa: S106 - an expression
        password_wo_version=1,
        iam_database_authentication_enabled=True,
        parameter_group_name=settings.parameter_group_name,
        db_subnet_group_name=subnet_group.name,
        vpc_security_group_ids=[settings.security_group_id],
        port=PORT,
        publicly_accessible=False,
        network_type="IPV4",
        ca_cert_identifier="rds-ca-rsa2048-g1",
        backup_retention_period=config.backup_days,
        backup_window=config.backup_window,
        maintenance_window=config.maintenance_window,
        delete_automated_backups=False,
        copy_tags_to_snapshot=True,
        deletion_protection=stack.protected,
        skip_final_snapshot=not stack.protected,
        # The key id identifies the key of the snapshot. It makes the name unique: a new database with the
        # same name has another key.
        final_snapshot_identifier=f"{settings.identifier}-final-{key.key_id}" if stack.protected else None,
        performance_insights_enabled=True,
        performance_insights_kms_key_id=key.arn,
        performance_insights_retention_period=_INSIGHTS_DAYS[config.database_insights],
        database_insights_mode=config.database_insights,
        monitoring_interval=config.monitoring_seconds,
        monitoring_role_arn=settings.monitoring_role_arn,
        enabled_cloudwatch_logs_exports=settings.logs.exports,
        tags=backup_tags(BackupSchedule.DAILY),
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=stack.protected or None,
            # A restored instance that Terraform imports has no version. It must not get a new password: its
            # master user logs in with IAM.
            ignore_changes=["password_wo_version"],
        ),
        depends_on=settings.logs.resources,
    )

"""The DB instance of a read replica, in its source's region or in another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.postgres_config import PostgresConfig

# A replica is created in the standard mode, whose retention is 7 days.
_INSIGHTS_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True)
class ReplicaSettings:
    """Values that a replica takes from the constructs around it.

    `source` is the identifier of the source, or its ARN if it is in another region. `config` is that of the
    source.
    """

    identifier: str
    source: str
    instance_class: str
    multi_az: bool
    parameter_group_name: str
    security_group_id: str
    insights_key_arn: str
    monitoring_role_arn: str
    logs: InstanceLogs
    config: PostgresConfig


def create_replica_instance(
    scope: Construct,
    settings: ReplicaSettings,
    *,
    lifecycle: TerraformResourceLifecycle | None,
    after: Sequence[ITerraformDependable],
) -> DbInstance:
    """Create the instance in `scope`, with all arguments that do not depend on the region of its source.

    Terraform creates it after its log groups and the resources `after`.
    """
    config = settings.config
    return DbInstance(
        scope,
        "Default",
        identifier=settings.identifier,
        replicate_source_db=settings.source,
        instance_class=settings.instance_class,
        multi_az=settings.multi_az,
        storage_type="gp3",
        storage_encrypted=True,
        max_allocated_storage=config.max_storage_gib,
        parameter_group_name=settings.parameter_group_name,
        vpc_security_group_ids=[settings.security_group_id],
        publicly_accessible=False,
        network_type="IPV4",
        ca_cert_identifier="rds-ca-rsa2048-g1",
        iam_database_authentication_enabled=True,
        auto_minor_version_upgrade=True,
        # With backups, a promotion does not have to take the first one, which takes longer.
        backup_retention_period=config.backup_days,
        backup_window=config.backup_window,
        maintenance_window=config.maintenance_window,
        delete_automated_backups=False,
        copy_tags_to_snapshot=True,
        deletion_protection=Stack.of(scope).protected,
        # RDS does not support a final snapshot of a replica.
        skip_final_snapshot=True,
        # A replica has the standard mode: its creation does not support DatabaseInsightsMode.
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
        performance_insights_enabled=True,
        performance_insights_kms_key_id=settings.insights_key_arn,
        performance_insights_retention_period=_INSIGHTS_DAYS,
        monitoring_interval=config.monitoring_seconds,
        monitoring_role_arn=settings.monitoring_role_arn,
        enabled_cloudwatch_logs_exports=settings.logs.exports,
        lifecycle=lifecycle,
        depends_on=[*settings.logs.resources, *after],
    )

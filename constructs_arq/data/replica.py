"""A read replica of a PostgreSQL database."""

from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.db_instance import DbInstance
from constructs import Construct

from constructs_arq.core.contracts import EncryptionKey, Grantee
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.database_user import grant_login
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.postgres_alarms import instance_alarms, lag_alarm
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.data.requirements import require_name
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import SecurityGroup

IDENTIFIER_LENGTH: Final = 63


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a replica has from the database that it copies."""

    instance: DbInstance
    identifier: str
    subnets: IsolatedSubnets
    key: EncryptionKey
    port: Port
    parameter_group_name: str
    monitoring_role_arn: str
    insights_days: int
    config: PostgresConfig


class Replica(Construct):
    """An asynchronous copy to read from, with an endpoint and a security group of its own.

    It is encrypted with its source's key and lies in its source's subnets, which AWS decides by itself. It
    has backups, so that it can be restored from the moment it is promoted.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
    """

    def __init__(self, scope: Construct, id: str, *, source: Source, config: ReplicaConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        inherited = source.config
        instance_class = config.instance_class or inherited.instance_class
        self.identifier = f"{source.identifier}-{id}"
        require_name(self, self.identifier, most=IDENTIFIER_LENGTH)
        self.connections = SecurityGroup(
            self,
            "security-group",
            network=source.subnets.network,
            purpose=f"PostgreSQL read replica {self.identifier}",
            listens_on=source.port,
        ).connections
        logs = InstanceLogs(
            self,
            "logs",
            identifier=self.identifier,
            key=source.key,
            retention_days=inherited.log_retention_days,
        )
        instance = DbInstance(
            self,
            "Default",
            identifier=self.identifier,
            replicate_source_db=source.instance.identifier,
            instance_class=instance_class,
            multi_az=config.multi_az,
            storage_type="gp3",
            storage_encrypted=True,
            max_allocated_storage=inherited.max_storage_gib,
            parameter_group_name=source.parameter_group_name,
            vpc_security_group_ids=[self.connections.security_group_id],
            publicly_accessible=False,
            network_type="IPV4",
            ca_cert_identifier="rds-ca-rsa2048-g1",
            iam_database_authentication_enabled=True,
            auto_minor_version_upgrade=True,
            backup_retention_period=inherited.backup_days,
            backup_window=inherited.backup_window,
            maintenance_window=inherited.maintenance_window,
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            deletion_protection=stack.protected,
            # RDS refuses a final snapshot of what is a copy anyway.
            skip_final_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=source.key.arn,
            performance_insights_retention_period=source.insights_days,
            database_insights_mode=inherited.database_insights,
            monitoring_interval=inherited.monitoring_seconds,
            monitoring_role_arn=source.monitoring_role_arn,
            enabled_cloudwatch_logs_exports=logs.exports,
            lifecycle=stack.protection,
            depends_on=logs.resources,
        )
        self.reference: str = instance.identifier
        self.endpoint: str = instance.address
        self._resource_id: str = instance.resource_id
        self.alarms = (
            *instance_alarms(
                identifier=self.identifier,
                instance_class=instance_class,
                storage_gib=inherited.storage_gib,
            ),
            lag_alarm(identifier=self.identifier),
        )

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Let `grantee` log in to the replica as the database's `user`, with IAM."""
        grant_login(self, grantee, name=logical_name(self), resource_id=self._resource_id, user=user)

"""Read replicas of a PostgreSQL database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import EncryptionKey, Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.database_users import DatabaseUsers
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.log_metrics import LogMetrics
from constructs_arq.data.login import Login
from constructs_arq.data.postgres_alarms import (
    InstanceName,
    busy_connections,
    instance_alarms,
    lag_alarm,
    storage_of,
)
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.data.replica_instance import ReplicaSettings, create_replica_instance
from constructs_arq.data.validation import require_name_length
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.storage.log_group import LogGroup

IDENTIFIER_LENGTH: Final = 63


@dataclass(frozen=True, kw_only=True)
class ReplicaSource:
    """Values that a replica takes from its source database."""

    instance: DbInstance
    identifier: str
    subnets: IsolatedSubnets
    key: EncryptionKey
    port: Port
    parameter_group_name: str
    monitoring_role_arn: str
    config: PostgresConfig
    users: DatabaseUsers


class Replica(Construct):
    """An asynchronous read replica with its own endpoint and security group.

    AWS uses the key and subnets of the source. The replica has backups for a restore after a promotion.
    Terraform creates it after the resource `after`.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: ReplicaSource,
        config: ReplicaConfig,
        after: ITerraformDependable,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        source_config = source.config
        instance_class = config.instance_class or source_config.instance_class
        self.identifier = f"{source.identifier}-{id}"
        require_name_length(self, self.identifier, limit=IDENTIFIER_LENGTH)
        self.connections = SecurityGroup(
            self,
            "security-group",
            network=source.subnets.network,
            description=f"PostgreSQL read replica {self.identifier}",
            listens_on=source.port,
            address_ranges=source.subnets.address_ranges,
        ).connections
        logs = InstanceLogs(
            self,
            "logs",
            identifier=self.identifier,
            key=source.key,
            retention_days=source_config.log_retention_days,
        )
        self.log: LogGroup = logs.log
        instance = create_replica_instance(
            self,
            ReplicaSettings(
                identifier=self.identifier,
                source=source.instance.identifier,
                instance_class=instance_class,
                multi_az=config.multi_az,
                parameter_group_name=source.parameter_group_name,
                security_group_id=self.connections.security_group_id,
                insights_key_arn=source.key.arn,
                monitoring_role_arn=source.monitoring_role_arn,
                logs=logs,
                config=source_config,
            ),
            lifecycle=stack.protection,
            after=[after],
        )
        self.resource: ITerraformDependable = instance
        self.identifier_ref: str = instance.identifier
        self.endpoint: str = instance.address
        self._resource_id: str = instance.resource_id
        self._users = source.users
        self.logins: list[Login] = []
        name = InstanceName(self.identifier, ref=self.identifier_ref)
        storage = storage_of(instance, initial_gib=source_config.storage_gib)
        self.alarms = (
            *instance_alarms(name, instance_class=instance_class, storage=storage),
            lag_alarm(name),
        )
        LogMetrics(
            self,
            "log-metrics",
            log=logs.log,
            instance=name,
            busy_connections=busy_connections(instance_class),
        )

    def grant_connect(
        self, grantee: Grantee, *, user: str, reads: Sequence[str] = (), pool_size: int | None = None
    ) -> None:
        """Allow `grantee` to log in to the replica as the database user `user` with IAM.

        `reads` names users whose tables it reads. `arqctl database migrate` creates the user on the source.
        `pool_size` is as in `Postgres.grant_connect`.
        """
        self.logins.append(Login(grantee=grantee, user=user, pool_size=pool_size))
        grant_iam_login(self, grantee, name=logical_name(self), resource_id=self._resource_id, user=user)
        self._users.add(user, has_schema=False, reads=reads, writes=())


def create_replicas(
    scope: Construct, *, source: ReplicaSource, after: ITerraformDependable
) -> dict[str, Replica]:
    """Create the replicas of the source's configuration, one after another, the first one after `after`."""
    replicas: dict[str, Replica] = {}
    previous = after
    for name, config in source.config.read_replicas.items():
        replicas[name] = Replica(scope, name, source=source, config=config, after=previous)
        previous = replicas[name].resource
    return replicas

"""A read replica of a PostgreSQL database in another region, which can take its place."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.backup_tags import BackupSchedule, backup_tags
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, Topic
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.admin_endpoint import AdminEndpoint
from constructs_arq.data.database_users import DatabaseUsers
from constructs_arq.data.enhanced_monitoring import EnhancedMonitoring
from constructs_arq.data.events import DatabaseEvents
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.log_metrics import LogMetrics
from constructs_arq.data.login import Login
from constructs_arq.data.parameter_group import ParameterGroup
from constructs_arq.data.postgres_alarms import (
    InstanceName,
    busy_connections,
    instance_alarms,
    lag_alarm,
    storage_of,
)
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.postgres_instance import MASTER_USER, PORT
from constructs_arq.data.replica import IDENTIFIER_LENGTH, Replica
from constructs_arq.data.replica_instance import ReplicaSettings, create_replica_instance
from constructs_arq.data.validation import require_isolated_subnets, require_name_length
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup

_EVENTS_ID: Final = "events"


class CrossRegionReplica(Construct):
    """A replica in the stack's region of the database `source_identifier` in the region `source_region`.

    It has its own key, subnets, parameter group and backups, so that it is complete after a promotion. Until
    then it takes reads only. Users and passwords come from the source, and IAM logins work on both. `config`
    is that of the source. It has no proxy: RDS Proxy accepts no replica. `is_promoted` states that a failover
    has happened: AWS Backup then backs it up each day, its deletion takes a final snapshot, and changes such
    as the second zone come at once.

    Terraform never promotes it, and never undoes a promotion: `replicate_source_db` counts at the creation
    only. A promoted instance has no source, and each later apply would otherwise fail: the provider can't
    give it one again.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations

    Raises:
        ConstructError: if the subnets are not isolated, or if `source_region` is the stack's own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: IsolatedSubnets,
        source_identifier: str,
        source_region: str,
        is_promoted: bool,
        config: PostgresConfig,
    ) -> None:
        super().__init__(scope, id)
        require_isolated_subnets(self, subnets)
        stack = Stack.of(self)
        self._require_other_region(source_region)
        self._config = config
        self.logical_name: str = logical_name(self)
        self.identifier: str = stack.physical_name(self.logical_name)
        require_name_length(self, self.identifier, limit=IDENTIFIER_LENGTH)
        self.port: int = PORT
        self.backup_days: int = config.backup_days
        self.backup_window: str = config.backup_window
        self._key = Key(self, "key", description=f"Encrypts PostgreSQL database {self.identifier}")
        self.connections: Connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"PostgreSQL database {self.identifier}",
            listens_on=Port.tcp(PORT),
            address_ranges=subnets.address_ranges,
        ).connections
        logs = InstanceLogs(
            self,
            "logs",
            identifier=self.identifier,
            key=self._key,
            retention_days=config.log_retention_days,
        )
        self.log_groups: tuple[LogGroup, ...] = (logs.log,)
        source = stack.arn("rds", f"db:{source_identifier}", region=source_region)
        self._instance = self._create_instance(subnets, source_arn=source, logs=logs, is_promoted=is_promoted)
        self.endpoint: str = self._instance.address
        self.admin_endpoint = AdminEndpoint(
            scope=self,
            name=f"{self.logical_name}-instance",
            endpoint=self.endpoint,
            resource_id=self._instance.resource_id,
            connections=self.connections,
        )
        self.logins: list[Login] = []
        self.replicas: Mapping[str, Replica] = {}
        self._users = DatabaseUsers(self, "users")
        name = InstanceName(self.identifier, ref=self._instance.identifier)
        LogMetrics(
            self,
            "log-metrics",
            log=logs.log,
            instance=name,
            busy_connections=busy_connections(config.instance_class),
        )
        storage = storage_of(self._instance, initial_gib=config.storage_gib)
        self.alarms: tuple[Alarm, ...] = (
            *instance_alarms(name, instance_class=config.instance_class, storage=storage),
            lag_alarm(name),
        )

    @property
    def users_json(self) -> str:
        """The input of `arqctl database migrate` after a promotion, as `Postgres.users_json`."""
        return self._users.to_json(host=self.endpoint, database=self._config.database_name)

    def grant_connect(
        self,
        grantee: Grantee,
        *,
        user: str,
        reads: Sequence[str] = (),
        writes: Sequence[str] = (),
        pool_size: int | None = None,
    ) -> None:
        """Allow `grantee` to log in as the database user `user` with IAM, as `Postgres.grant_connect` does.

        The user comes from the source. Before the promotion, its writes fail.
        """
        self.logins.append(Login(grantee=grantee, user=user, pool_size=pool_size))
        grant_iam_login(
            self, grantee, name=self.logical_name, resource_id=self._instance.resource_id, user=user
        )
        self._users.add(user, has_schema=True, reads=reads, writes=writes)

    def grant_read_all(self, grantee: Grantee, *, user: str, pool_size: int | None = None) -> None:
        """Allow `grantee` to log in as `user`, which reads all tables, as `Postgres.grant_read_all` does."""
        self._users.add_reader(user)
        self.admin_endpoint.grant_connect(grantee, user=user, pool_size=pool_size)

    def grant_migrations(self, grantee: Grantee) -> None:
        """Allow `grantee` to log in as the master user with IAM, to create users after a promotion."""
        self.admin_endpoint.grant_connect(grantee, user=MASTER_USER, pool_size=1)

    def notify(self, topic: Topic) -> None:
        """Send events of the instance to a topic. RDS must be allowed to publish to it."""
        DatabaseEvents(
            self,
            _EVENTS_ID,
            name=f"{self.identifier}-events",
            instances=[self._instance.identifier],
            topic=topic,
        )

    def _create_instance(
        self, subnets: IsolatedSubnets, *, source_arn: str, logs: InstanceLogs, is_promoted: bool
    ) -> DbInstance:
        config, stack = self._config, Stack.of(self)
        subnet_group = DbSubnetGroup(
            self,
            "subnets",
            name=self.identifier,
            description=f"Isolated subnets of {self.identifier}",
            subnet_ids=subnets.subnet_ids,
        )
        instance = create_replica_instance(
            self,
            ReplicaSettings(
                identifier=self.identifier,
                source=source_arn,
                instance_class=config.instance_class,
                multi_az=config.multi_az,
                parameter_group_name=ParameterGroup(self, "parameters", version=config.version).name,
                security_group_id=self.connections.security_group_id,
                insights_key_arn=self._key.arn,
                monitoring_role_arn=EnhancedMonitoring(
                    self, "monitoring", identifier=self.identifier
                ).role_arn,
                logs=logs,
                config=config,
            ),
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=stack.protected or None, ignore_changes=["replicate_source_db"]
            ),
            after=(),
        )
        # A key is of one region. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
        instance.kms_key_id = self._key.arn
        instance.db_subnet_group_name = subnet_group.name
        instance.port = PORT
        # The only database can't wait for its second zone until the maintenance window.
        instance.apply_immediately = is_promoted
        if is_promoted:
            # A replica has none: AWS Backup backs up its source.
            instance.tags = backup_tags(BackupSchedule.DAILY)
            instance.skip_final_snapshot = False
            instance.final_snapshot_identifier = f"{self.identifier}-final-{self._key.key_id}"
        return instance

    def _require_other_region(self, source_region: str) -> None:
        if source_region == Stack.of(self).region:
            raise ConstructError(
                self.node.path,
                f"the source must be in another region than {source_region}",
                fix="Use read_replicas of the database for a replica in its own region.",
            )

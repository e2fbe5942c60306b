"""A PostgreSQL database on RDS."""

from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, Topic
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.admin_endpoint import AdminEndpoint
from constructs_arq.data.backup_copy import BackupCopy
from constructs_arq.data.enhanced_monitoring import EnhancedMonitoring
from constructs_arq.data.events import DatabaseEvents
from constructs_arq.data.existing_postgres import ExistingPostgres, PostgresAttributes
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.parameter_group import ParameterGroup
from constructs_arq.data.postgres_alarms import instance_alarms, wraparound_alarm
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.proxy import Proxy
from constructs_arq.data.replica import IDENTIFIER_LENGTH, Replica, ReplicaSource
from constructs_arq.data.validation import require_isolated_subnets, require_name_length
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key

_PORT = 5432
_MASTER_USER = "dba"
# RDS requires these pairs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.TurningOnAdvanced.html
_INSIGHTS_DAYS = {"standard": 7, "advanced": 465}
_EVENTS_ID = "events"


class Postgres(Construct):
    """An isolated PostgreSQL database with its own KMS key, backups, alarms and IAM authentication.

    `endpoint` and `connections` belong to the proxy if there is one, else to the instance. `grant_connect`
    allows a login with tokens instead of passwords. `replicas` contains the read replicas by name.
    `admin_endpoint` bypasses the proxy for administration.

    Raises:
        ConstructError: if the subnets are not isolated, or in one zone only.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.html
    """

    def __init__(
        self, scope: Construct, id: str, *, subnets: IsolatedSubnets, config: PostgresConfig
    ) -> None:
        super().__init__(scope, id)
        require_isolated_subnets(self, subnets)
        self._stack = Stack.of(self)
        self._config = config
        self._subnets = subnets
        self.logical_name: str = logical_name(self)
        self.identifier: str = self._stack.physical_name(self.logical_name)
        require_name_length(self, self.identifier, limit=IDENTIFIER_LENGTH)
        self.port: int = _PORT
        self._key = Key(self, "key", description=f"Encrypts PostgreSQL database {self.identifier}")
        self._group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"PostgreSQL database {self.identifier}",
            listens_on=Port.tcp(_PORT),
        )
        self._parameter_group = ParameterGroup(self, "parameters", version=config.version)
        self._monitoring = EnhancedMonitoring(self, "monitoring", identifier=self.identifier)
        self._instance = self._make_instance()
        if config.replicate_backups:
            BackupCopy(self, "backup-copy", instance_arn=self._instance.arn, days=config.backup_days)
        self.replicas: dict[str, Replica] = self._make_replicas()
        self._proxy = self._make_proxy() if config.proxy else None

        self.admin_endpoint = AdminEndpoint(
            scope=self,
            name=f"{self.logical_name}-instance",
            endpoint=self._instance.address,
            resource_id=self._instance.resource_id,
            connections=self._group.connections,
        )
        client_endpoint = self._proxy or self.admin_endpoint
        self.endpoint: str = client_endpoint.endpoint
        self.connections: Connections = client_endpoint.connections
        self._resource_id: str = client_endpoint.resource_id
        self.alarms: tuple[Alarm, ...] = self._alarms()

    @staticmethod
    def from_attributes(
        scope: Construct,
        id: str,
        *,
        identifier: str,
        endpoint: str,
        security_group_id: str,
        resource_id: str,
        port: int = _PORT,
        instance_class: str | None = None,
        storage_gib: int | None = None,
    ) -> ExistingPostgres:
        """Return an existing database in the account and region of the stack.

        `resource_id` is the id of the instance (`db-…`) or its proxy (`prx-…`) in IAM policies.
        `instance_class` and `storage_gib` enable alarms.

        Raises:
            ConfigError: with every invalid value.
        """
        with collect_problems("Postgres.from_attributes"):
            attributes = PostgresAttributes(
                identifier=identifier,
                endpoint=endpoint,
                port=port,
                security_group_id=security_group_id,
                resource_id=resource_id,
                instance_class=instance_class,
                storage_gib=storage_gib,
            )
        return ExistingPostgres(scope, id, attributes=attributes)

    @property
    def master_secret_arn(self) -> str | None:
        """The secret with the master password, which RDS creates and rotates; None with read replicas."""
        if self.replicas:
            return None
        secret: str = self._instance.master_user_secret.get(0).secret_arn
        return secret

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Allow `grantee` to log in as the database user `user` with IAM. A connection is also needed.

        Create the user once in SQL: `CREATE USER orders; GRANT rds_iam TO orders;`
        """
        grant_iam_login(self, grantee, name=self.logical_name, resource_id=self._resource_id, user=user)
        if self._proxy is not None:
            self._proxy.allow_user(user)

    def notify(self, topic: Topic) -> None:
        """Send events of the database and its replicas to a topic. RDS must be allowed to publish to it.

        Raises:
            ConstructError: if the database already sends its events to a topic.
        """
        if self.node.try_find_child(_EVENTS_ID) is not None:
            raise ConstructError(
                self.node.path,
                "already sends its events to a topic",
                fix="Subscribe to that topic, or call notify once.",
            )
        # Terraform references: the instances must exist first.
        replicas = [replica.identifier_ref for replica in self.replicas.values()]
        DatabaseEvents(
            self,
            _EVENTS_ID,
            name=f"{self.identifier}-events",
            instances=[self._instance.identifier, *replicas],
            topic=topic,
        )

    def _make_instance(self) -> DbInstance:
        config, stack = self._config, self._stack
        logs = InstanceLogs(
            self,
            "logs",
            identifier=self.identifier,
            key=self._key,
            retention_days=config.log_retention_days,
        )
        subnet_group = DbSubnetGroup(
            self,
            "subnets",
            name=self.identifier,
            description=f"Isolated subnets of {self.identifier}",
            subnet_ids=self._subnets.subnet_ids,
        )
        # RDS can't create a PostgreSQL replica of an instance with an RDS-managed password. With replicas,
        # the password is random and stored nowhere; docs/database.md describes how to set one.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
        rds_manages_password = not config.read_replicas
        return DbInstance(
            self,
            "Default",
            identifier=self.identifier,
            engine="postgres",
            engine_version=config.version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=config.allow_major_upgrade,
            # Otherwise the old parameter group stays in use until the maintenance window, and its deletion
            # fails.
            apply_immediately=config.allow_major_upgrade,
            instance_class=config.instance_class,
            multi_az=config.multi_az,
            allocated_storage=config.storage_gib,
            max_allocated_storage=config.max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=self._key.arn,
            db_name=config.database_name,
            username=_MASTER_USER,
            manage_master_user_password=True if rds_manages_password else None,
            master_user_secret_kms_key_id=self._key.key_id if rds_manages_password else None,
            password_wo=None if rds_manages_password else "${uuid()}",
            password_wo_version=None if rds_manages_password else 1,
            iam_database_authentication_enabled=True,
            parameter_group_name=self._parameter_group.name,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[self._group.connections.security_group_id],
            port=_PORT,
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
            final_snapshot_identifier=f"{self.identifier}-final-{self._key.key_id}"
            if stack.protected
            else None,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key.arn,
            performance_insights_retention_period=_INSIGHTS_DAYS[config.database_insights],
            database_insights_mode=config.database_insights,
            monitoring_interval=config.monitoring_seconds,
            monitoring_role_arn=self._monitoring.role_arn,
            enabled_cloudwatch_logs_exports=logs.exports,
            lifecycle=stack.protection,
            depends_on=logs.resources,
        )

    def _make_replicas(self) -> dict[str, Replica]:
        source = ReplicaSource(
            instance=self._instance,
            identifier=self.identifier,
            subnets=self._subnets,
            key=self._key,
            port=Port.tcp(_PORT),
            parameter_group_name=self._parameter_group.name,
            monitoring_role_arn=self._monitoring.role_arn,
            insights_days=_INSIGHTS_DAYS[self._config.database_insights],
            config=self._config,
        )
        replicas = Construct(self, "replicas")
        return {
            name: Replica(replicas, name, source=source, config=config)
            for name, config in self._config.read_replicas.items()
        }

    def _make_proxy(self) -> Proxy:
        return Proxy(
            self,
            "proxy",
            name=self.identifier,
            instance=self._instance,
            database=self._group,
            port=Port.tcp(_PORT),
            subnets=self._subnets,
            key=self._key,
            log_retention_days=self._config.log_retention_days,
        )

    def _alarms(self) -> tuple[Alarm, ...]:
        alarms = instance_alarms(
            identifier=self.identifier,
            instance_class=self._config.instance_class,
            storage_gib=self._config.storage_gib,
        )
        proxy_alarms = (self._proxy.alarm,) if self._proxy else ()
        return (*alarms, wraparound_alarm(identifier=self.identifier), *proxy_alarms)

"""A PostgreSQL database on RDS."""

from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.contracts import Grantee, Topic
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.backup_copy import BackupCopy
from constructs_arq.data.database_user import grant_login
from constructs_arq.data.events import DatabaseEvents
from constructs_arq.data.instance import Instance
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.monitoring import Monitoring
from constructs_arq.data.parameters import Parameters
from constructs_arq.data.postgres_alarms import instance_alarms, wraparound_alarm
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.proxy import Proxy
from constructs_arq.data.replica import IDENTIFIER_LENGTH, Replica, Source
from constructs_arq.data.requirements import require_isolated, require_name
from constructs_arq.data.versions import warn_of_end
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key

_PORT = 5432
_MASTER_USER = "dba"
# RDS couples the two: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.TurningOnAdvanced.html
_INSIGHTS_DAYS = {"standard": 7, "advanced": 465}
_EVENTS_ID = "events"


class Postgres(Construct):
    """A PostgreSQL database: isolated, encrypted with its own key, backed up, watched, open to IAM only.

    Clients talk to `endpoint` and `connections`, which are the proxy's where there is one, and log in as the
    users that `grant_connect` names, with tokens instead of passwords. `replicas` are there to read from, by
    their names; `instance` is for administration, past the proxy.

    Raises:
        ConstructError: when the subnets aren't isolated, or in one zone only.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.html
    """

    def __init__(
        self, scope: Construct, id: str, *, subnets: IsolatedSubnets, config: PostgresConfig
    ) -> None:
        super().__init__(scope, id)
        require_isolated(self, subnets)
        warn_of_end(self, config.version)
        self._stack = Stack.of(self)
        self._config = config
        self._subnets = subnets
        self.name = logical_name(self)
        self.identifier = self._stack.physical_name(self.name)
        require_name(self, self.identifier, most=IDENTIFIER_LENGTH)
        self.port = _PORT
        self._key = Key(self, "key", purpose=f"Encrypts PostgreSQL database {self.identifier}")
        self._group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            purpose=f"PostgreSQL database {self.identifier}",
            listens_on=Port.tcp(_PORT),
        )
        self._parameters = Parameters(self, "parameters", version=config.version)
        self._monitoring = Monitoring(self, "monitoring", identifier=self.identifier)
        self._instance = self._make_instance()
        if config.replicate_backups:
            BackupCopy(self, "backup-copy", instance_arn=self._instance.arn, days=config.backup_days)
        self.replicas = self._make_replicas()
        self._proxy = self._make_proxy() if config.proxy else None

        self.instance = Instance(
            database=self,
            name=f"{self.name}-instance",
            endpoint=self._instance.address,
            resource_id=self._instance.resource_id,
            connections=self._group.connections,
        )
        met = self._proxy or self.instance
        self.endpoint: str = met.endpoint
        self.connections: Connections = met.connections
        self._resource_id: str = met.resource_id
        self.alarms = self._alarms()

    @property
    def master_secret_arn(self) -> str | None:
        """The secret with the master user's password, made and rotated by RDS; None beside read replicas."""
        if self.replicas:
            return None
        secret: str = self._instance.master_user_secret.get(0).secret_arn
        return secret

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Let `grantee` log in as the database's `user`, with IAM; it needs a connection too.

        The user itself is made in SQL, once: `CREATE USER orders; GRANT rds_iam TO orders;`
        """
        grant_login(self, grantee, name=self.name, resource_id=self._resource_id, user=user)
        if self._proxy is not None:
            self._proxy.allow_user(user)

    def notify(self, topic: Topic) -> None:
        """Send what happens to the database and its replicas to a topic that RDS may publish to.

        Raises:
            ConstructError: when there is a topic already.
        """
        if self.node.try_find_child(_EVENTS_ID) is not None:
            raise ConstructError(
                self.node.path,
                "sends its events to a topic already",
                fix="Subscribe to that topic, or call notify once.",
            )
        # As references, for the instances have to exist before.
        replicas = [replica.reference for replica in self.replicas.values()]
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
        # RDS makes no PostgreSQL replica of an instance whose password it manages. There the password is a
        # random one that is written nowhere and that nobody knows; docs/database.md says how to set one.
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
        managed = not config.read_replicas
        return DbInstance(
            self,
            "Default",
            identifier=self.identifier,
            engine="postgres",
            engine_version=config.version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=config.allow_major_upgrade,
            # Otherwise the old version's parameter group would be in use until the maintenance window, and
            # its removal would fail.
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
            manage_master_user_password=True if managed else None,
            master_user_secret_kms_key_id=self._key.key_id if managed else None,
            password_wo=None if managed else "${uuid()}",
            password_wo_version=None if managed else 1,
            iam_database_authentication_enabled=True,
            parameter_group_name=self._parameters.name,
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
            # The key's id makes the name unique, and tells which key opens the snapshot: a database that is
            # made anew under the same name has another key.
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
        source = Source(
            instance=self._instance,
            identifier=self.identifier,
            subnets=self._subnets,
            key=self._key,
            port=Port.tcp(_PORT),
            parameter_group_name=self._parameters.name,
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
            database=self._instance,
            database_end=self._group,
            port=Port.tcp(_PORT),
            subnets=self._subnets,
            key=self._key,
            log_retention_days=self._config.log_retention_days,
        )

    def _alarms(self) -> tuple[Alarm, ...]:
        own = instance_alarms(
            identifier=self.identifier,
            instance_class=self._config.instance_class,
            storage_gib=self._config.storage_gib,
        )
        proxys = (self._proxy.alarm,) if self._proxy else ()
        return (*own, wraparound_alarm(identifier=self.identifier), *proxys)

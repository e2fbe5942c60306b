"""A PostgreSQL database on RDS."""

from collections.abc import Sequence

from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee, Topic
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.admin_endpoint import AdminEndpoint
from constructs_arq.data.backup_copy import BackupCopy
from constructs_arq.data.database_users import DatabaseUsers
from constructs_arq.data.enhanced_monitoring import EnhancedMonitoring
from constructs_arq.data.events import DatabaseEvents
from constructs_arq.data.existing_postgres import ExistingPostgres, PostgresAttributes
from constructs_arq.data.iam_login import grant_iam_login
from constructs_arq.data.instance_logs import InstanceLogs
from constructs_arq.data.log_metrics import LogMetrics
from constructs_arq.data.login import Login
from constructs_arq.data.parameter_group import ParameterGroup
from constructs_arq.data.postgres_alarms import (
    InstanceName,
    busy_connections,
    instance_alarms,
    storage_of,
    wraparound_alarm,
)
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.postgres_instance import MASTER_USER, PORT, InstanceSettings, create_instance
from constructs_arq.data.proxy import Proxy
from constructs_arq.data.replica import IDENTIFIER_LENGTH, Replica, ReplicaSource, create_replicas
from constructs_arq.data.validation import require_isolated_subnets, require_name_length
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup

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
        self.port: int = PORT
        self.database_name: str = config.database_name
        self.instance_class: str = config.instance_class
        self._key = Key(self, "key", description=f"Encrypts PostgreSQL database {self.identifier}")
        self._group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"PostgreSQL database {self.identifier}",
            listens_on=Port.tcp(PORT),
            address_ranges=subnets.address_ranges,
        )
        self.parameter_group_name: str = ParameterGroup(self, "parameters", version=config.version).name
        self._monitoring = EnhancedMonitoring(self, "monitoring", identifier=self.identifier)
        self._users = DatabaseUsers(self, "users")
        logs = InstanceLogs(
            self,
            "logs",
            identifier=self.identifier,
            key=self._key,
            retention_days=config.log_retention_days,
        )
        self._log = logs.log
        self.logins: list[Login] = []
        self._instance = create_instance(
            self,
            InstanceSettings(
                identifier=self.identifier,
                subnets=subnets,
                key=self._key,
                security_group_id=self._group.connections.security_group_id,
                parameter_group_name=self.parameter_group_name,
                monitoring_role_arn=self._monitoring.role_arn,
                logs=logs,
                config=config,
            ),
        )
        self.arn: str = self._instance.arn
        self.subnet_group_name: str = self._instance.db_subnet_group_name
        # RDS creates a replica or registers a target only while the instance is available, and a new copy of
        # its backups puts it into the state `modifying`. So Terraform creates them one after another, and the
        # copy last. https://github.com/hashicorp/terraform-provider-aws/issues/43474
        self._proxy = self._make_proxy() if config.proxy else None
        self.replicas: dict[str, Replica] = self._make_replicas()
        if config.replicate_backups:
            self._copy_backups()

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
        LogMetrics(
            self,
            "log-metrics",
            log=logs.log,
            instance=InstanceName(self.identifier, ref=self._instance.identifier),
            busy_connections=busy_connections(config.instance_class),
        )
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
        port: int = PORT,
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
    def log_groups(self) -> tuple[LogGroup, ...]:
        """The PostgreSQL logs of the database and its replicas."""
        return (self._log, *(replica.log for replica in self.replicas.values()))

    @property
    def users_json(self) -> str:
        """The input of `arqctl database migrate`: the instance, and the users that all grants name.

        It is a reference to the final text, so grants can follow.
        """
        return self._users.to_json(host=self._instance.address, database=self._config.database_name)

    def grant_connect(
        self,
        grantee: Grantee,
        *,
        user: str,
        reads: Sequence[str] = (),
        writes: Sequence[str] = (),
        pool_size: int | None = None,
    ) -> None:
        """Allow `grantee` to log in as the database user `user` with IAM. A connection is also needed.

        The user owns the schema of its name. `reads` and `writes` name users whose tables it also reads, or
        reads and changes. `arqctl database migrate` creates the users. `pool_size` is the most connections
        that each pod of `grantee` opens. Checks of capacity need it.

        Raises:
            ConstructError: if `user` is the master user, or not a plain PostgreSQL name.
        """
        if user == MASTER_USER:
            raise ConstructError(
                self.node.path,
                f"{MASTER_USER} is the master user, which manages users",
                fix="Use another user, or grant_migrations(grantee).",
            )
        self.logins.append(Login(grantee=grantee, user=user, pool_size=pool_size))
        grant_iam_login(self, grantee, name=self.logical_name, resource_id=self._resource_id, user=user)
        self._users.add(user, has_schema=True, reads=reads, writes=writes)
        if self._proxy is not None:
            self._proxy.allow_user(user)

    def grant_read_all(self, grantee: Grantee, *, user: str, pool_size: int | None = None) -> None:
        """Allow `grantee` to log in to the instance as `user`, which reads all tables, such as for dumps.

        A connection to `admin_endpoint` is also needed: a long snapshot would keep a connection of the proxy.
        `pool_size` is as in `grant_connect`.
        """
        self.add_reader(user)
        self.admin_endpoint.grant_connect(grantee, user=user, pool_size=pool_size)

    def add_reader(self, user: str) -> None:
        """Add a user that reads all tables. Nobody may log in as it here, but restored copies have it too."""
        self._users.add_reader(user)

    def grant_migrations(self, grantee: Grantee) -> None:
        """Allow `grantee` to log in to the instance as the master user with IAM, to create users.

        A connection to `admin_endpoint` is also needed. `arqctl database login` turns on the login. The
        migrator opens one connection.
        """
        self.admin_endpoint.grant_connect(grantee, user=MASTER_USER, pool_size=1)

    def allow_copies_to(self, account_id: str) -> None:
        """Let another account decrypt snapshots that it copies: they keep the key of the database.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
        """
        root = self._stack.arn("iam", "root", region="", account_id=account_id)
        self._key.allow_principal(root, sid="copy")

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

    def _make_replicas(self) -> dict[str, Replica]:
        source = ReplicaSource(
            instance=self._instance,
            identifier=self.identifier,
            subnets=self._subnets,
            key=self._key,
            port=Port.tcp(PORT),
            parameter_group_name=self.parameter_group_name,
            monitoring_role_arn=self._monitoring.role_arn,
            config=self._config,
            users=self._users,
        )
        first = self._proxy.target if self._proxy else self._instance
        return create_replicas(Construct(self, "replicas"), source=source, after=first)

    def _copy_backups(self) -> None:
        last = [replica.resource for replica in self.replicas.values()][-1:]
        target = [self._proxy.target] if self._proxy else []
        BackupCopy(
            self,
            "backup-copy",
            instance_arn=self._instance.arn,
            days=self._config.backup_days,
            after=[*target, *last],
        )

    def _make_proxy(self) -> Proxy:
        return Proxy(
            self,
            "proxy",
            name=self.identifier,
            instance=self._instance,
            database=self._group,
            port=Port.tcp(PORT),
            subnets=self._subnets,
            key=self._key,
            log_retention_days=self._config.log_retention_days,
        )

    def _alarms(self) -> tuple[Alarm, ...]:
        instance = InstanceName(self.identifier, ref=self._instance.identifier)
        alarms = instance_alarms(
            instance,
            instance_class=self._config.instance_class,
            storage=storage_of(self._instance, initial_gib=self._config.storage_gib),
        )
        proxy_alarms = (self._proxy.alarm,) if self._proxy else ()
        return (*alarms, wraparound_alarm(instance), *proxy_alarms)

"""RDS Proxy for connection pooling."""

from cdktf import Fn, ITerraformDependable, TerraformResource
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_proxy import DbProxy
from cdktf_cdktf_provider_aws.db_proxy_default_target_group import (
    DbProxyDefaultTargetGroup,
    DbProxyDefaultTargetGroupConnectionPoolConfig,
)
from cdktf_cdktf_provider_aws.db_proxy_target import DbProxyTarget
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Connectable, EncryptionKey
from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres_alarms import proxy_alarm
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup, RetentionDays

# The rest is for RDS itself and for administrators that bypass the proxy.
CONNECTIONS_PERCENT = 90
_IDLE_PERCENT = 50
# From arn:aws:rds:REGION:ACCOUNT:db-proxy:prx-….
_ARN_RESOURCE_ID_INDEX = 6


class Proxy(Construct):
    """A proxy that requires TLS and IAM, and logs in to the database with IAM instead of a password.

    It can log in only as users that `allow_user` has added.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        instance: DbInstance,
        database: Connectable,
        port: Port,
        subnets: IsolatedSubnets,
        key: EncryptionKey,
        log_retention_days: RetentionDays,
    ) -> None:
        super().__init__(scope, id)
        self._stack = Stack.of(self)
        self._database_resource_id: str = instance.resource_id
        self._users: set[str] = set()
        group = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"RDS Proxy {name}",
            listens_on=port,
            address_ranges=subnets.address_ranges,
        )
        self.connections = group.connections
        self.connections.allow_to(database, why="The proxy hands its clients on to the database")
        self._role = Role(
            self,
            "role",
            description=f"Lets RDS Proxy {name} log in to its database",
            trust=Trust.service("rds.amazonaws.com"),
        )
        proxy = self._make_proxy(name, subnets=subnets, key=key, log_retention_days=log_retention_days)
        self.target: ITerraformDependable = self._make_target(instance, proxy_name=proxy.name)
        self.endpoint: str = proxy.endpoint
        # The provider has no attribute for the resource id. A function call in the policy is no option. Its
        # quotes break the JSON, and scanners can't read it. Nor is cdktf's DataResource: it runs
        # `terraform version`, and synthesis must not start programs.
        resource_id = TerraformResource(self, "known", terraform_resource_type="terraform_data")
        resource_id.add_override("input.id", Fn.element(Fn.split(":", proxy.arn), _ARN_RESOURCE_ID_INDEX))
        self.resource_id: str = resource_id.get_string_attribute("output.id")
        self.alarm = proxy_alarm(name, name_ref=proxy.name)

    def allow_user(self, user: str) -> None:
        """Allow the proxy to log in to the database as `user`. Repeated calls have no effect."""
        if user in self._users:
            return
        self._users.add(user)
        self._role.allow(
            "rds-db:connect",
            on=self._stack.arn("rds-db", f"dbuser:{self._database_resource_id}/{user}"),
            policy_name=f"connect-as-{user}",
        )

    def _make_proxy(
        self, name: str, *, subnets: IsolatedSubnets, key: EncryptionKey, log_retention_days: RetentionDays
    ) -> DbProxy:
        logs = LogGroup(
            self, "logs", name=f"/aws/rds/proxy/{name}", key=key, retention_days=log_retention_days
        )
        return DbProxy(
            self,
            "Default",
            name=name,
            engine_family="POSTGRESQL",
            default_auth_scheme="IAM_AUTH",
            require_tls=True,
            role_arn=self._role.arn,
            vpc_subnet_ids=subnets.subnet_ids,
            vpc_security_group_ids=[self.connections.security_group_id],
            depends_on=[logs.resource],
        )

    def _make_target(self, instance: DbInstance, *, proxy_name: str) -> DbProxyTarget:
        targets = DbProxyDefaultTargetGroup(
            self,
            "targets",
            db_proxy_name=proxy_name,
            connection_pool_config=DbProxyDefaultTargetGroupConnectionPoolConfig(
                max_connections_percent=CONNECTIONS_PERCENT, max_idle_connections_percent=_IDLE_PERCENT
            ),
        )
        return DbProxyTarget(
            self,
            "target",
            db_proxy_name=proxy_name,
            target_group_name=targets.name,
            db_instance_identifier=instance.identifier,
        )

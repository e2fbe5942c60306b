"""A Valkey or Redis cache on ElastiCache."""

from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.elasticache_parameter_group import (
    ElasticacheParameterGroup,
    ElasticacheParameterGroupParameter,
)
from cdktf_cdktf_provider_aws.elasticache_replication_group import (
    ElasticacheReplicationGroup,
    ElasticacheReplicationGroupLogDeliveryConfiguration,
)
from cdktf_cdktf_provider_aws.elasticache_subnet_group import ElasticacheSubnetGroup
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.cache_alarms import cache_alarms
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.data.cache_users import CacheUsers
from constructs_arq.data.validation import require_isolated_subnets, require_name_length
from constructs_arq.network.subnets import IsolatedSubnets
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup

_PORT: Final = 6379
_NAME_LENGTH: Final = 40


class Cache(Construct):
    """An isolated cache with encryption at rest and in transit, automatic failover and IAM authentication.

    With several shards, `endpoint` is the configuration endpoint. With one shard it is the primary endpoint,
    and `reader_endpoint` distributes reads over the replicas.

    Raises:
        ConstructError: if the subnets are not isolated or in one zone only, or the name is too long.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.html
    """

    def __init__(self, scope: Construct, id: str, *, subnets: IsolatedSubnets, config: CacheConfig) -> None:
        super().__init__(scope, id)
        require_isolated_subnets(self, subnets)
        self._stack = Stack.of(self)
        self._config = config
        self.logical_name: str = logical_name(self)
        self.identifier: str = self._stack.physical_name(self.logical_name)
        require_name_length(self, self.identifier, limit=_NAME_LENGTH)
        self.port: int = _PORT
        self._key = Key(self, "key", description=f"Encrypts cache {self.identifier}")
        self.connections: Connections = SecurityGroup(
            self,
            "security-group",
            network=subnets.network,
            description=f"Cache {self.identifier}",
            listens_on=Port.tcp(_PORT),
            address_ranges=subnets.address_ranges,
        ).connections
        self._users = CacheUsers(self, "users", cache=self.identifier, engine=config.engine)
        group = self._make_replication_group(subnets)
        self._arn: str = group.arn
        sharded = config.shards > 1
        self.endpoint: str = (
            group.configuration_endpoint_address if sharded else group.primary_endpoint_address
        )
        self.reader_endpoint: str = self.endpoint if sharded else group.reader_endpoint_address
        self.alarms: tuple[Alarm, ...] = cache_alarms(
            name=self.identifier,
            # A Terraform reference connects the alarms to the cache.
            name_ref=group.replication_group_id,
            shards=config.shards,
            replicas_per_shard=config.replicas_per_shard,
            node_type=config.node_type,
            evicts=config.eviction != "noeviction",
        )

    def grant_connect(self, grantee: Grantee, *, user: str, keys: str = "*") -> str:
        """Allow `grantee` to log in as `user` with IAM, with access to `keys`. A connection is also needed.

        Returns:
            The user name for the login. Sessions end after twelve hours; clients must reconnect.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
        """
        user_id = self._users.add(user, keys=keys)
        grantee.allow(
            "elasticache:Connect",
            on=[self._arn, self._stack.arn("elasticache", f"user:{user_id}")],
            policy_name=f"connect-{self.logical_name}-as-{user}",
        )
        return user_id

    def _make_replication_group(self, subnets: IsolatedSubnets) -> ElasticacheReplicationGroup:
        config, stack = self._config, self._stack
        subnet_group = ElasticacheSubnetGroup(
            self,
            "subnets",
            name=self.identifier,
            description=f"Isolated subnets of {self.identifier}",
            subnet_ids=subnets.subnet_ids,
        )
        logs = {log: self._make_log(log) for log in ("slow-log", "engine-log")}
        self.log_groups: tuple[LogGroup, ...] = tuple(logs.values())
        has_replicas = config.replicas_per_shard > 0
        return ElasticacheReplicationGroup(
            self,
            "Default",
            replication_group_id=self.identifier,
            description=f"Cache {self.identifier}",
            engine=config.engine,
            engine_version=config.version,
            node_type=config.node_type,
            num_node_groups=config.shards,
            replicas_per_node_group=config.replicas_per_shard,
            cluster_mode="enabled" if config.shards > 1 else "disabled",
            automatic_failover_enabled=has_replicas,
            multi_az_enabled=has_replicas,
            port=_PORT,
            network_type="ipv4",
            subnet_group_name=subnet_group.name,
            security_group_ids=[self.connections.security_group_id],
            parameter_group_name=self._make_parameter_group().name,
            user_group_ids=[self._users.group_id],
            at_rest_encryption_enabled="true",
            kms_key_id=self._key.arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auto_minor_version_upgrade="true",
            maintenance_window=config.maintenance_window,
            snapshot_window=config.snapshot_window,
            snapshot_retention_limit=config.snapshot_days,
            # The key id makes the name unique, and identifies the key of the snapshot.
            final_snapshot_identifier=f"{self.identifier}-final-{self._key.key_id}"
            if stack.protected
            else None,
            log_delivery_configuration=[_log_delivery(log, group.name) for log, group in logs.items()],
            lifecycle=stack.protection,
            depends_on=[group.resource for group in logs.values()],
        )

    def _make_parameter_group(self) -> ElasticacheParameterGroup:
        config = self._config
        family = f"{config.engine}{config.version.partition('.')[0]}"
        parameters: dict[str, str] = {"maxmemory-policy": config.eviction}
        if config.shards > 1:
            parameters["cluster-enabled"] = "yes"
        return ElasticacheParameterGroup(
            self,
            "parameters",
            # The family of a group is immutable: the name gives each major version a new group.
            name=f"{self.identifier}-{family}",
            family=family,
            description=f"{family} of {self.identifier}",
            parameter=[
                ElasticacheParameterGroupParameter(name=name, value=value)
                for name, value in parameters.items()
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _make_log(self, log: str) -> LogGroup:
        return LogGroup(
            self,
            log,
            # With this prefix, CloudWatch's limit on the length of resource policies does not apply.
            name=f"/aws/vendedlogs/elasticache/{self.identifier}/{log}",
            key=self._key,
            retention_days=self._config.log_retention_days,
        )


def _log_delivery(log: str, group: str) -> ElasticacheReplicationGroupLogDeliveryConfiguration:
    return ElasticacheReplicationGroupLogDeliveryConfiguration(
        destination=group, destination_type="cloudwatch-logs", log_format="json", log_type=log
    )

import json

import pytest
from cdktf import TerraformOutput

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.database_builders import (
    build_isolated_subnets,
    build_network,
    default_resource,
    resolved_arguments,
)
from tests.support import STACK, Resource, Synthesized, statements, synthesize

UNPROTECTED = STACK.model_copy(update={"protected": False})


def config(**values: object) -> CacheConfig:
    return CacheConfig(**{"node_type": "cache.r7g.large", **values})


def role(stack: Stack, name: str = "orders") -> Role:
    return Role(stack, name, description="Runs", trust=Trust.service("ec2.amazonaws.com"))


def build(stack: Stack, **values: object) -> Cache:
    cache = Cache(stack, "cache", subnets=build_isolated_subnets(stack), config=config(**values))
    cache.grant_connect(role(stack), user="orders", keys="orders:*")
    return cache


def cache_of(synthesized: Synthesized) -> Resource:
    return default_resource(synthesized, "aws_elasticache_replication_group", "cache")


def parameter_group_of(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_elasticache_parameter_group")


@pytest.fixture(scope="module")
def default_stack() -> Synthesized:
    return synthesize(build)


def test_the_cache_listens_on_port_6379_in_the_isolated_subnets(default_stack: Synthesized) -> None:
    cache = resolved_arguments(default_stack, "aws_elasticache_replication_group", "cache")
    assert cache["port"] == 6379
    assert cache["security_group_ids"] == ["cache/security-group.id"]
    assert cache["subnet_group_name"] == "cache/subnets.name"
    subnets = default_stack.one("aws_elasticache_subnet_group")["subnet_ids"]
    assert len(subnets) == 2
    assert all("_isolated_" in subnet for subnet in subnets)


def test_defaults_of_an_environment(default_stack: Synthesized) -> None:
    cache = cache_of(default_stack)
    assert (cache["engine"], cache["engine_version"]) == ("valkey", "8.1")
    assert (cache["num_node_groups"], cache["replicas_per_node_group"]) == (1, 1)
    assert cache["auto_minor_version_upgrade"] == "true"


@pytest.mark.parametrize("tier", ["public", "private"])
def test_other_subnets_are_rejected(tier: str) -> None:
    def build_misplaced(stack: Stack) -> None:
        Cache(stack, "cache", subnets=getattr(build_network(stack), tier), config=config())

    with pytest.raises(ConstructError, match="must be IsolatedSubnets"):
        synthesize(build_misplaced)


def test_encryption_at_rest_uses_the_cache_key_and_tls_is_required(default_stack: Synthesized) -> None:
    cache = cache_of(default_stack)
    assert cache["at_rest_encryption_enabled"] == "true"
    assert cache["kms_key_id"].startswith("${aws_kms_key.cache_key_")
    assert cache["transit_encryption_enabled"] is True
    assert cache["transit_encryption_mode"] == "required"


def test_replicas_enable_failover(default_stack: Synthesized) -> None:
    assert cache_of(default_stack)["automatic_failover_enabled"] is True
    assert cache_of(default_stack)["multi_az_enabled"] is True
    single = cache_of(synthesize(lambda stack: build(stack, replicas_per_shard=0)))
    assert single["automatic_failover_enabled"] is False
    assert single["multi_az_enabled"] is False


def test_only_granted_iam_users_exist(default_stack: Synthesized) -> None:
    user = default_stack.one("aws_elasticache_user")
    assert user["authentication_mode"] == {"type": "iam"}
    assert user["user_id"] == user["user_name"] == "test-cache-orders"
    assert not {"passwords", "no_password_required"} & user.keys()
    group = default_stack.one("aws_elasticache_user_group")
    assert group["user_ids"] == [
        f"${{aws_elasticache_user.{name}.user_id}}" for name in user_names(default_stack)
    ]
    assert "auth_token" not in cache_of(default_stack)
    assert cache_of(default_stack)["user_group_ids"][0].startswith("${aws_elasticache_user_group.")


def user_names(synthesized: Synthesized) -> list[str]:
    return list(synthesized.json["resource"]["aws_elasticache_user"])


def test_users_have_their_keys_and_no_dangerous_commands(default_stack: Synthesized) -> None:
    access = default_stack.one("aws_elasticache_user")["access_string"].split()
    assert access[:2] == ["on", "~orders:*"]
    assert access.index("-@all") < access.index("+@read") < access.index("-@dangerous")
    assert "+@all" not in access
    assert "+@admin" not in access


def test_redis_has_a_disabled_default_user() -> None:
    synthesized = synthesize(lambda stack: build(stack, engine="redis", version="7.1"))
    default = synthesized.one("aws_elasticache_user", "cache/users/default-user")
    assert default["user_name"] == "default"
    assert default["access_string"] == "off ~* -@all"
    assert len(synthesized.one("aws_elasticache_user_group")["user_ids"]) == 2
    assert cache_of(synthesized)["engine"] == "redis"


def test_a_grantee_may_connect_only_as_its_user(default_stack: Synthesized) -> None:
    document = default_stack.one("aws_iam_role_policy", "orders/connect-cache-as-orders")["policy"]
    [statement] = statements(document).values()
    [name] = default_stack.json["resource"]["aws_elasticache_replication_group"]
    assert statement["Action"] == ["elasticache:Connect"]
    assert statement["Resource"] == [
        f"${{aws_elasticache_replication_group.{name}.arn}}",
        "arn:aws:elasticache:eu-west-1:111122223333:user:test-cache-orders",
    ]


def test_grantees_can_share_a_user_with_the_same_keys() -> None:
    def build_twice(stack: Stack, keys: str) -> None:
        build(stack).grant_connect(role(stack, "worker"), user="orders", keys=keys)

    assert len(synthesize(lambda stack: build_twice(stack, "orders:*")).of_type("aws_elasticache_user")) == 1
    with pytest.raises(ConstructError, match=r"user orders already has access to keys 'orders:\*', got '\*'"):
        synthesize(lambda stack: build_twice(stack, "*"))


@pytest.mark.parametrize(
    ("user", "keys"),
    [("default", "*"), ("Orders", "*"), ("*", "*"), ("o" * 40, "*"), ("orders", "* +@all"), ("orders", "")],
)
def test_invalid_users_and_key_patterns_are_rejected(user: str, keys: str) -> None:
    def build_grant(stack: Stack) -> None:
        build(stack).grant_connect(role(stack, "worker"), user=user, keys=keys)

    with pytest.raises(ConstructError, match="test/cache/users: "):
        synthesize(build_grant)


def test_a_cache_without_users_fails_validation() -> None:
    with pytest.raises(Exception, match="the cache has no users"):
        synthesize(
            lambda stack: Cache(stack, "cache", subnets=build_isolated_subnets(stack), config=config())
        )


def test_several_shards_enable_cluster_mode(default_stack: Synthesized) -> None:
    created: list[Cache] = []
    sharded_stack = synthesize(lambda stack: created.append(build(stack, shards=3)))
    sharded = cache_of(sharded_stack)
    assert sharded["cluster_mode"] == "enabled"
    assert (sharded["num_node_groups"], sharded["replicas_per_node_group"]) == (3, 1)
    assert cache_of(default_stack)["cluster_mode"] == "disabled"
    assert {"name": "cluster-enabled", "value": "yes"} in parameter_group_of(sharded_stack)["parameter"]
    assert "cluster-enabled" not in json.dumps(parameter_group_of(default_stack)["parameter"])
    nodes = {alarm.name.removeprefix("cpu-") for alarm in created[0].alarms if alarm.name.startswith("cpu-")}
    assert nodes == {f"000{shard}-00{node}" for shard in (1, 2, 3) for node in (1, 2)}
    with pytest.raises(ConfigError, match="several shards need replicas"):
        config(shards=2, replicas_per_shard=0)


def test_only_a_protected_cache_has_a_final_snapshot(default_stack: Synthesized) -> None:
    cache = cache_of(default_stack)
    assert cache["lifecycle"] == {"prevent_destroy": True}
    assert cache["final_snapshot_identifier"].startswith("test-cache-final-${aws_kms_key.")
    assert cache["snapshot_retention_limit"] == 7
    unprotected = cache_of(synthesize(build, config=UNPROTECTED))
    assert not {"lifecycle", "final_snapshot_identifier"} & unprotected.keys()


def test_logs_go_to_encrypted_log_groups(default_stack: Synthesized) -> None:
    groups = {group["name"]: group for group in default_stack.of_type("aws_cloudwatch_log_group").values()}
    deliveries = cache_of(default_stack)["log_delivery_configuration"]
    assert {delivery["log_type"] for delivery in deliveries} == {"slow-log", "engine-log"}
    for delivery in deliveries:
        assert groups[delivery["destination"]]["kms_key_id"]
        assert delivery["destination"].endswith(f"/test-cache/{delivery['log_type']}")


def test_the_cache_depends_on_its_log_groups(default_stack: Synthesized) -> None:
    groups = {
        f"aws_cloudwatch_log_group.{name}"
        for name, group in default_stack.json["resource"]["aws_cloudwatch_log_group"].items()
        if "/elasticache/" in group["name"]
    }
    assert set(cache_of(default_stack)["depends_on"]) == groups


def test_a_new_major_version_creates_a_new_parameter_group_first(default_stack: Synthesized) -> None:
    newer = default_stack.one("aws_elasticache_parameter_group")
    older = synthesize(lambda stack: build(stack, version="7.2")).one("aws_elasticache_parameter_group")
    assert (older["family"], newer["family"]) == ("valkey7", "valkey8")
    assert older["name"] != newer["name"]
    assert newer["lifecycle"] == {"create_before_destroy": True}
    assert json.dumps({"name": "maxmemory-policy", "value": "volatile-lru"}) in json.dumps(newer["parameter"])


def test_connections_use_port_6379() -> None:
    def build_connection(stack: Stack) -> None:
        network = build_network(stack)
        cache = Cache(stack, "cache", subnets=network.isolated, config=config())
        cache.grant_connect(role(stack), user="orders")
        client = SecurityGroup(stack, "client", network=network, description="Client")
        client.connections.allow_to(cache, why="It keeps sessions there")

    rule = synthesize(build_connection).one("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (6379, 6379, "tcp")
    assert rule["security_group_id"].startswith("${aws_security_group.cache_security-group_")


def test_alarm_dimensions_are_elasticache_node_names(default_stack: Synthesized) -> None:
    def output_dimension(stack: Stack) -> None:
        alarm = next(alarm for alarm in build(stack).alarms if alarm.name == "cpu-002")
        TerraformOutput(stack, "node", value=alarm.dimensions["CacheClusterId"])

    [name] = default_stack.json["resource"]["aws_elasticache_replication_group"]
    value = synthesize(output_dimension).json["output"]["node"]["value"]
    assert value == f"${{aws_elasticache_replication_group.{name}.replication_group_id}}-002"


def test_every_node_has_all_alarms() -> None:
    created: list[Cache] = []
    synthesize(lambda stack: created.append(build(stack, eviction="noeviction", node_type="cache.t4g.small")))
    alarms = {alarm.name: alarm for alarm in created[0].alarms}
    assert set(alarms) == {
        f"{what}-00{node}" for what in ("cpu", "memory", "connections", "lag", "evictions") for node in (1, 2)
    }
    assert "test-cache-002" in alarms["lag-002"].summary
    assert alarms["memory-001"].severity == "critical"
    # Some burstable nodes accept 20,000 connections, others 65,000.
    assert alarms["connections-002"].threshold == 16_000
    assert all(a.period_seconds * a.evaluations <= REACTION_SECONDS for a in alarms.values())
    assert {alarm.comparison for alarm in alarms.values()} == {Comparison.ABOVE}


def test_no_lag_alarm_without_replicas() -> None:
    created: list[Cache] = []
    synthesize(lambda stack: created.append(build(stack, replicas_per_shard=0)))
    assert not [alarm.name for alarm in created[0].alarms if alarm.metric == "ReplicationLag"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"engine": "redis", "version": "8.1"}, "engine redis has no version 8.1"),
        ({"version": "6.2"}, "version"),
        ({"version": "8"}, "version"),
        ({"node_type": "r7g.large"}, "node_type"),
        ({"node_type": "cache.r6gd.xlarge"}, "node_type"),
        ({"snapshot_days": 36}, "snapshot_days"),
        ({"snapshot_window": "03:00-04:00"}, "must not overlap the maintenance window"),
    ],
)
def test_values_that_elasticache_rejects_are_rejected(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config(**values)


def test_a_name_too_long_for_elasticache_is_rejected() -> None:
    def build_long_name(stack: Stack) -> None:
        Cache(stack, "c" * 40, subnets=build_isolated_subnets(stack), config=config())

    with pytest.raises(ConstructError, match=r"40 characters.*shorter construct id"):
        synthesize(build_long_name)

import json

import pytest
from cdktf import TerraformOutput

from constructs_arq.core.alarm import REACTION_SECONDS
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.role import Role, Trust
from tests.data.databases import described, isolated, network, primary
from tests.support import STACK, Resource, Synthesized, statements, synthesize

UNPROTECTED = STACK.model_copy(update={"protected": False})


def config(**values: object) -> CacheConfig:
    return CacheConfig(**{"node_type": "cache.r7g.large", **values})


def role(stack: Stack, name: str = "orders") -> Role:
    return Role(stack, name, purpose="Runs", trust=Trust.service("ec2.amazonaws.com"))


def build(stack: Stack, **values: object) -> Cache:
    cache = Cache(stack, "cache", subnets=isolated(stack), config=config(**values))
    cache.grant_connect(role(stack), user="orders", keys="orders:*")
    return cache


def cache_of(synthesized: Synthesized) -> Resource:
    return primary(synthesized, "aws_elasticache_replication_group", "cache")


def group_of(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_elasticache_parameter_group")


@pytest.fixture(scope="module")
def plain() -> Synthesized:
    return synthesize(build)


def test_a_cache_alone_in_a_stack_is_what_was_asked_for(plain: Synthesized) -> None:
    cache = described(plain, "aws_elasticache_replication_group", "cache")
    logs = {log.pop("log_type"): log for log in cache.pop("log_delivery_configuration")}
    for name in ("slow-log", "engine-log"):
        assert logs.pop(name) == {
            "destination": f"/aws/vendedlogs/elasticache/test-cache/{name}",
            "destination_type": "cloudwatch-logs",
            "log_format": "json",
        }
    assert not logs
    assert cache == {
        "replication_group_id": "test-cache",
        "description": "Cache test-cache",
        "engine": "valkey",
        "engine_version": "8.1",
        "node_type": "cache.r7g.large",
        "num_node_groups": 1,
        "replicas_per_node_group": 1,
        "cluster_mode": "disabled",
        "automatic_failover_enabled": True,
        "multi_az_enabled": True,
        "port": 6379,
        "network_type": "ipv4",
        "subnet_group_name": "cache/subnets.name",
        "security_group_ids": ["cache/security-group.id"],
        "parameter_group_name": "cache/parameters.name",
        "user_group_ids": ["cache/users.user_group_id"],
        "at_rest_encryption_enabled": "true",
        "kms_key_id": "cache/key.arn",
        "transit_encryption_enabled": True,
        "transit_encryption_mode": "required",
        "auto_minor_version_upgrade": "true",
        "maintenance_window": "sun:03:30-sun:04:30",
        "snapshot_window": "02:00-03:00",
        "snapshot_retention_limit": 7,
        "final_snapshot_identifier": "test-cache-final-cache/key.key_id",
        "lifecycle": {"prevent_destroy": True},
        "depends_on": ["cache/slow-log", "cache/engine-log"],
    }
    subnets = plain.one("aws_elasticache_subnet_group")["subnet_ids"]
    assert len(subnets) == 2
    assert all("_isolated_" in subnet for subnet in subnets)


@pytest.mark.parametrize("tier", ["public", "private"])
def test_a_cache_outside_the_isolated_subnets_is_refused(tier: str) -> None:
    def misplaced(stack: Stack) -> None:
        Cache(stack, "cache", subnets=getattr(network(stack), tier), config=config())

    with pytest.raises(ConstructError, match="isolated subnets only"):
        synthesize(misplaced)


def test_it_is_encrypted_at_rest_with_its_own_key_and_takes_tls_only(plain: Synthesized) -> None:
    cache = cache_of(plain)
    assert cache["at_rest_encryption_enabled"] == "true"
    assert cache["kms_key_id"].startswith("${aws_kms_key.cache_key_")
    assert cache["transit_encryption_enabled"] is True
    assert cache["transit_encryption_mode"] == "required"


def test_with_a_replica_another_zone_takes_over(plain: Synthesized) -> None:
    assert cache_of(plain)["automatic_failover_enabled"] is True
    assert cache_of(plain)["multi_az_enabled"] is True
    single = cache_of(synthesize(lambda stack: build(stack, replicas_per_shard=0)))
    assert single["automatic_failover_enabled"] is False
    assert single["multi_az_enabled"] is False


def test_there_is_no_password_and_nobody_but_who_was_granted(plain: Synthesized) -> None:
    user = plain.one("aws_elasticache_user")
    assert user["authentication_mode"] == {"type": "iam"}
    assert user["user_id"] == user["user_name"] == "test-cache-orders"
    assert not {"passwords", "no_password_required"} & user.keys()
    group = plain.one("aws_elasticache_user_group")
    assert group["user_ids"] == [f"${{aws_elasticache_user.{name}.user_id}}" for name in users(plain)]
    assert "auth_token" not in cache_of(plain)
    assert cache_of(plain)["user_group_ids"][0].startswith("${aws_elasticache_user_group.")


def users(synthesized: Synthesized) -> list[str]:
    return list(synthesized.json["resource"]["aws_elasticache_user"])


def test_a_user_has_its_keys_and_no_dangerous_command(plain: Synthesized) -> None:
    access = plain.one("aws_elasticache_user")["access_string"].split()
    assert access[:2] == ["on", "~orders:*"]
    assert access.index("-@all") < access.index("+@read") < access.index("-@dangerous")
    assert "+@all" not in access
    assert "+@admin" not in access


def test_redis_gets_a_default_user_that_is_off() -> None:
    synthesized = synthesize(lambda stack: build(stack, engine="redis", version="7.1"))
    default = synthesized.one("aws_elasticache_user", "cache/users/default-user")
    assert default["user_name"] == "default"
    assert default["access_string"] == "off ~* -@all"
    assert len(synthesized.one("aws_elasticache_user_group")["user_ids"]) == 2
    assert cache_of(synthesized)["engine"] == "redis"


def test_a_grantee_may_connect_to_this_cache_as_this_user(plain: Synthesized) -> None:
    document = plain.one("aws_iam_role_policy", "orders/connect-cache-as-orders")["policy"]
    [statement] = statements(document).values()
    [name] = plain.json["resource"]["aws_elasticache_replication_group"]
    assert statement["Action"] == ["elasticache:Connect"]
    assert statement["Resource"] == [
        f"${{aws_elasticache_replication_group.{name}.arn}}",
        "arn:aws:elasticache:eu-west-1:111122223333:user:test-cache-orders",
    ]


def test_two_may_be_the_same_user_but_not_with_different_keys() -> None:
    def twice(stack: Stack, keys: str) -> None:
        build(stack).grant_connect(role(stack, "worker"), user="orders", keys=keys)

    assert len(synthesize(lambda stack: twice(stack, "orders:*")).of_type("aws_elasticache_user")) == 1
    with pytest.raises(ConstructError, match=r"user orders already works on keys 'orders:\*', got '\*'"):
        synthesize(lambda stack: twice(stack, "*"))


@pytest.mark.parametrize(
    ("user", "keys"),
    [("default", "*"), ("Orders", "*"), ("*", "*"), ("o" * 40, "*"), ("orders", "* +@all"), ("orders", "")],
)
def test_what_would_reach_further_than_it_says_is_refused(user: str, keys: str) -> None:
    def granting(stack: Stack) -> None:
        build(stack).grant_connect(role(stack, "worker"), user=user, keys=keys)

    with pytest.raises(ConstructError, match="test/cache/users: "):
        synthesize(granting)


def test_a_cache_that_nobody_can_log_in_to_fails() -> None:
    with pytest.raises(Exception, match="nobody can log in to the cache"):
        synthesize(lambda stack: Cache(stack, "cache", subnets=isolated(stack), config=config()))


def test_several_shards_are_reached_through_the_configuration_endpoint(plain: Synthesized) -> None:
    made: list[Cache] = []
    sharded_stack = synthesize(lambda stack: made.append(build(stack, shards=3)))
    sharded = cache_of(sharded_stack)
    assert sharded["cluster_mode"] == "enabled"
    assert (sharded["num_node_groups"], sharded["replicas_per_node_group"]) == (3, 1)
    assert cache_of(plain)["cluster_mode"] == "disabled"
    assert {"name": "cluster-enabled", "value": "yes"} in group_of(sharded_stack)["parameter"]
    assert "cluster-enabled" not in json.dumps(group_of(plain)["parameter"])
    nodes = {alarm.name.removeprefix("cpu-") for alarm in made[0].alarms if alarm.name.startswith("cpu-")}
    assert nodes == {f"000{shard}-00{node}" for shard in (1, 2, 3) for node in (1, 2)}
    with pytest.raises(ConfigError, match="several shards need replicas"):
        config(shards=2, replicas_per_shard=0)


def test_a_protected_cache_leaves_a_snapshot_and_an_unprotected_one_goes(plain: Synthesized) -> None:
    cache = cache_of(plain)
    assert cache["lifecycle"] == {"prevent_destroy": True}
    assert cache["final_snapshot_identifier"].startswith("test-cache-final-${aws_kms_key.")
    assert cache["snapshot_retention_limit"] == 7
    unprotected = cache_of(synthesize(build, config=UNPROTECTED))
    assert not {"lifecycle", "final_snapshot_identifier"} & unprotected.keys()


def test_logs_go_to_encrypted_groups(plain: Synthesized) -> None:
    groups = {group["name"]: group for group in plain.of_type("aws_cloudwatch_log_group").values()}
    deliveries = cache_of(plain)["log_delivery_configuration"]
    assert {delivery["log_type"] for delivery in deliveries} == {"slow-log", "engine-log"}
    for delivery in deliveries:
        assert groups[delivery["destination"]]["kms_key_id"]
        assert delivery["destination"].endswith(f"/test-cache/{delivery['log_type']}")


def test_the_groups_are_there_before_elasticache_would_make_them(plain: Synthesized) -> None:
    groups = {
        f"aws_cloudwatch_log_group.{name}"
        for name, group in plain.json["resource"]["aws_cloudwatch_log_group"].items()
        if "/elasticache/" in group["name"]
    }
    assert set(cache_of(plain)["depends_on"]) == groups


def test_a_new_major_version_gets_a_new_parameter_group_before_the_old_one_goes(plain: Synthesized) -> None:
    newer = plain.one("aws_elasticache_parameter_group")
    older = synthesize(lambda stack: build(stack, version="7.2")).one("aws_elasticache_parameter_group")
    assert (older["family"], newer["family"]) == ("valkey7", "valkey8")
    assert older["name"] != newer["name"]
    assert newer["lifecycle"] == {"create_before_destroy": True}
    assert json.dumps({"name": "maxmemory-policy", "value": "volatile-lru"}) in json.dumps(newer["parameter"])


def test_a_client_reaches_it_on_its_port() -> None:
    def connecting(stack: Stack) -> None:
        net = network(stack)
        cache = Cache(stack, "cache", subnets=net.isolated, config=config())
        cache.grant_connect(role(stack), user="orders")
        client = SecurityGroup(stack, "client", network=net, purpose="Client")
        client.connections.allow_to(cache, why="It keeps sessions there")

    rule = synthesize(connecting).one("aws_vpc_security_group_ingress_rule")
    assert rule["from_port"] == 6379
    assert rule["security_group_id"].startswith("${aws_security_group.cache_security-group_")


def test_an_alarm_watches_a_node_by_the_name_that_elasticache_gives_it(plain: Synthesized) -> None:
    def watching(stack: Stack) -> None:
        alarm = next(alarm for alarm in build(stack).alarms if alarm.name == "cpu-002")
        TerraformOutput(stack, "node", value=alarm.dimensions["CacheClusterId"])

    [name] = plain.json["resource"]["aws_elasticache_replication_group"]
    value = synthesize(watching).json["output"]["node"]["value"]
    assert value == f"${{aws_elasticache_replication_group.{name}.replication_group_id}}-002"


def test_every_node_is_watched_for_all_that_fails() -> None:
    made: list[Cache] = []
    synthesize(lambda stack: made.append(build(stack, eviction="noeviction", node_type="cache.t4g.small")))
    alarms = {alarm.name: alarm for alarm in made[0].alarms}
    assert set(alarms) == {
        f"{what}-00{node}" for what in ("cpu", "memory", "connections", "lag", "evictions") for node in (1, 2)
    }
    assert "test-cache-002" in alarms["lag-002"].summary
    assert alarms["memory-001"].severity == "critical"
    # Some burstable nodes end at 20,000 connections, others at 65,000.
    assert alarms["connections-002"].threshold == 16_000
    assert all(a.period_seconds * a.evaluations <= REACTION_SECONDS for a in alarms.values())


def test_nothing_waits_for_the_lag_of_a_replica_that_is_not_there() -> None:
    made: list[Cache] = []
    synthesize(lambda stack: made.append(build(stack, replicas_per_shard=0)))
    assert not [alarm.name for alarm in made[0].alarms if alarm.metric == "ReplicationLag"]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"engine": "redis", "version": "8.1"}, "engine redis ends at 7.1"),
        ({"version": "6.2"}, "version"),
        ({"version": "8"}, "version"),
        ({"node_type": "r7g.large"}, "node_type"),
        ({"node_type": "cache.r6gd.xlarge"}, "node_type"),
        ({"snapshot_days": 36}, "snapshot_days"),
        ({"snapshot_window": "03:00-04:00"}, "must not meet maintenance"),
    ],
)
def test_what_elasticache_would_refuse_is_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        config(**values)


def test_a_name_that_elasticache_would_refuse_is_refused() -> None:
    def long_name(stack: Stack) -> None:
        Cache(stack, "c" * 40, subnets=isolated(stack), config=config())

    with pytest.raises(ConstructError, match=r"40 characters.*shorter id"):
        synthesize(long_name)

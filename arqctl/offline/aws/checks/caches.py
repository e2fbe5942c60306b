"""ElastiCache: nodes, failover, and what goes with encryption."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

_TWO = 2
# A node of these kinds keeps no snapshots and fails over to none.
_NO_FAILOVER = ("cache.t1.",)


def check_failover(group: Resource) -> Iterator[Diagnostic]:
    """Several zones want automatic failover, and failover wants a second node."""
    automatic = group.values.get("automatic_failover_enabled")
    if group.values.get("multi_az_enabled") is True and automatic in (None, False):
        yield make_error(
            "Several zones without failover",
            "multi_az_enabled is true. Set automatic_failover_enabled.",
            "automatic_failover_enabled",
        )
    nodes = group.get_number("num_cache_clusters")
    if automatic is True and nodes is not None and nodes < _TWO:
        yield make_error(
            "Failover without a second node",
            f"num_cache_clusters is {nodes}; automatic failover needs 2 at least.",
            "num_cache_clusters",
        )
    replicas, shards = group.get_number("replicas_per_node_group"), group.get_number("num_node_groups")
    if automatic is True and replicas == 0 and shards == 1 and group.get_text("cluster_mode") == "disabled":
        yield make_error(
            "Failover without a second node",
            "automatic_failover_enabled is true. Set replicas_per_node_group to 1 at least.",
            "replicas_per_node_group",
        )
    sharded = [name for name in ("num_node_groups", "replicas_per_node_group") if group.definitely_set(name)]
    if nodes is not None and sharded:
        yield make_error(
            "Nodes counted in two ways",
            f"Give num_cache_clusters or {' and '.join(sharded)}.",
            "num_cache_clusters",
        )
    kind = group.get_text("node_type") or ""
    if kind and not kind.startswith("cache."):
        yield make_error("Not a node type", f"node_type is {kind}; it begins with cache.", "node_type")
    if automatic is True and kind.startswith(_NO_FAILOVER):
        yield make_error("A node type that can't fail over", f"node_type is {kind}.", "node_type")


def check_encryption(group: Resource) -> Iterator[Diagnostic]:
    """A token or users want encryption in transit, and not both; a key wants encryption at rest."""
    transit = group.values.get("transit_encryption_enabled")
    guards = [name for name in ("auth_token", "user_group_ids") if group.definitely_set(name)]
    if guards and transit in (None, False):
        yield make_error(
            "A cache that asks for names in the clear",
            f"{guards[0]} is given. Set transit_encryption_enabled.",
            "transit_encryption_enabled",
        )
    if len(guards) > 1:
        yield make_error("Two ways to sign in", "Give auth_token or user_group_ids.", "auth_token")
    at_rest = group.values.get("at_rest_encryption_enabled")
    if group.definitely_set("kms_key_id") and at_rest in (False, "false"):
        yield make_error(
            "A key for a cache that isn't encrypted",
            "Set at_rest_encryption_enabled.",
            "at_rest_encryption_enabled",
        )
    token = group.get_text("auth_token")
    if token and not 16 <= len(token) <= 128:  # noqa: PLR2004 - as the ElastiCache guide says
        yield make_error(
            "A token of a length that isn't taken", "auth_token has 16 to 128 characters.", "auth_token"
        )

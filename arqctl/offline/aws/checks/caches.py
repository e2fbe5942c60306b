"""Checks of ElastiCache replication groups: nodes, failover and encryption."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic

_MIN_NODES_FOR_FAILOVER = 2
# Nodes of these families have no snapshots and no failover.
_NO_FAILOVER = ("cache.t1.",)


def check_failover(group: Resource) -> Iterator[Diagnostic]:
    """Check that Multi-AZ has automatic failover, and that failover has a second node."""
    automatic = group.values.get("automatic_failover_enabled")
    if group.values.get("multi_az_enabled") is True and automatic in (None, False):
        yield make_error(
            "Multi-AZ without automatic failover",
            "multi_az_enabled is true. Set automatic_failover_enabled to true.",
            "automatic_failover_enabled",
        )
    nodes = group.get_number("num_cache_clusters")
    if automatic is True and nodes is not None and nodes < _MIN_NODES_FOR_FAILOVER:
        yield make_error(
            "Automatic failover without a second node",
            f"num_cache_clusters is {nodes}. Automatic failover needs 2 at least.",
            "num_cache_clusters",
        )
    replicas, shards = group.get_number("replicas_per_node_group"), group.get_number("num_node_groups")
    if automatic is True and replicas == 0 and shards == 1 and group.get_text("cluster_mode") == "disabled":
        yield make_error(
            "Automatic failover without a second node",
            "automatic_failover_enabled is true. Set replicas_per_node_group to 1 or more.",
            "replicas_per_node_group",
        )
    shard_arguments = [
        name for name in ("num_node_groups", "replicas_per_node_group") if group.definitely_set(name)
    ]
    if nodes is not None and shard_arguments:
        yield make_error(
            "Node count given in two ways",
            f"Set either num_cache_clusters or {' and '.join(shard_arguments)}.",
            "num_cache_clusters",
        )
    node_type = group.get_text("node_type") or ""
    if node_type and not node_type.startswith("cache."):
        yield make_error(
            "Invalid node type", f"node_type is {node_type}. Node types start with cache.", "node_type"
        )
    if automatic is True and node_type.startswith(_NO_FAILOVER):
        yield make_error(
            "Node type without automatic failover",
            f"node_type is {node_type}. Use a type that supports automatic failover.",
            "node_type",
        )


def check_encryption(group: Resource) -> Iterator[Diagnostic]:
    """Check that authentication comes with encryption in transit, and a KMS key with encryption at rest."""
    in_transit = group.values.get("transit_encryption_enabled")
    authentication = [name for name in ("auth_token", "user_group_ids") if group.definitely_set(name)]
    if authentication and in_transit in (None, False):
        yield make_error(
            "Authentication without encryption in transit",
            f"{authentication[0]} is set. Set transit_encryption_enabled to true.",
            "transit_encryption_enabled",
        )
    if len(authentication) > 1:
        yield make_error(
            "Two ways of authentication", "Set either auth_token or user_group_ids.", "auth_token"
        )
    at_rest = group.values.get("at_rest_encryption_enabled")
    if group.definitely_set("kms_key_id") and at_rest in (False, "false"):
        yield make_error(
            "KMS key without encryption at rest",
            "kms_key_id is set. Set at_rest_encryption_enabled to true.",
            "at_rest_encryption_enabled",
        )
    token = group.get_text("auth_token")
    if token and not 16 <= len(token) <= 128:  # noqa: PLR2004 - from the ElastiCache guide
        yield make_error(
            "Invalid length of auth_token", "auth_token must have 16 to 128 characters.", "auth_token"
        )

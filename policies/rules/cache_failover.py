"""A production cache outlives the loss of a zone."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, is_true


@rule(
    id="CKV_ARQ_16",
    severity="HIGH",
    on=("aws_elasticache_replication_group",),
    production_only=True,
    why="Without a replica in a second zone that takes over by itself, a zone's failure empties the cache.",
    link="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
)
def cache_failover(cache: Block, _: Stack) -> Verdict:
    """A production cache is Multi-AZ and fails over by itself."""
    keys = ("multi_az_enabled", "automatic_failover_enabled")
    return all_hold(is_true(cache.get(key)) for key in keys)

"""Multi-AZ production caches."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_true


@rule(
    id="CKV_ARQ_16",
    severity="HIGH",
    on=("aws_elasticache_replication_group",),
    production_only=True,
    why="Without automatic failover to a replica in a second zone, a zone failure empties the cache.",
    link="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
)
def cache_multi_az(cache: Block, _: Stack) -> Verdict:
    """Production caches must be Multi-AZ: set multi_az_enabled and automatic_failover_enabled to true."""
    keys = ("multi_az_enabled", "automatic_failover_enabled")
    return all_pass(is_true(cache.get(key)) for key in keys)

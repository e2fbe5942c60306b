"""A database that can't dial out can't be made to send its data out."""

from policies.routing import grouped_subnets, has_default_route, route_tables
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, decided


@rule(
    id="CKV2_ARQ_3",
    severity="HIGH",
    on=("aws_db_subnet_group", "aws_elasticache_subnet_group"),
    why="A default route, even through NAT, is a way out for whoever gets to run a query.",
    link="https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/application.html",
)
def data_subnets_isolated(group: Block, stack: Stack) -> Verdict:
    """Subnets of databases and caches have no default route at all."""
    subnets = grouped_subnets(group, stack)
    if subnets is None:
        return Verdict.UNKNOWN
    return all_hold(_is_isolated(subnet, stack) for subnet in subnets)


def _is_isolated(subnet: Block, stack: Stack) -> Verdict:
    if not route_tables(subnet, stack):
        return Verdict.UNKNOWN
    return decided(not has_default_route(subnet, stack))

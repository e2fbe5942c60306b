"""Default routes of database and cache subnets."""

from policies.routing import has_default_route, route_tables, subnets_in_group
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, pass_if


@rule(
    id="CKV2_ARQ_3",
    severity="HIGH",
    on=("aws_db_subnet_group", "aws_elasticache_subnet_group"),
    why="With a default route, even through NAT, an attacker who can run queries can send data out.",
    link="https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/application.html",
)
def data_subnets_isolated(group: Block, stack: Stack) -> Verdict:
    """Subnets of databases and caches must not have a default route."""
    subnets = subnets_in_group(group, stack)
    if subnets is None:
        return Verdict.UNKNOWN
    return all_pass(_is_isolated(subnet, stack) for subnet in subnets)


def _is_isolated(subnet: Block, stack: Stack) -> Verdict:
    if not route_tables(subnet, stack):
        return Verdict.UNKNOWN
    return pass_if(not has_default_route(subnet, stack))

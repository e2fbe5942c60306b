"""Public subnets of databases and caches."""

from policies.databases import is_replica
from policies.routing import reaches_internet_gateway, route_tables, subnets_in_group
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, is_false, pass_if

_SUBNET_GROUPS = {
    "aws_db_instance": ("db_subnet_group_name", "aws_db_subnet_group"),
    "aws_rds_cluster": ("db_subnet_group_name", "aws_db_subnet_group"),
    "aws_elasticache_replication_group": ("subnet_group_name", "aws_elasticache_subnet_group"),
}


@rule(
    id="CKV2_ARQ_2",
    severity="CRITICAL",
    on=tuple(_SUBNET_GROUPS),
    why="In a public subnet, a single flag exposes the database to the internet.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def data_not_in_public_subnets(store: Block, stack: Stack) -> Verdict:
    """Databases and caches must be in subnets without a route to an internet gateway."""
    attribute, group_type = _SUBNET_GROUPS[store.type]
    group_name = store.get(attribute)
    if group_name is None:
        # RDS puts a replica in its source's subnet group, and every other database in the default VPC.
        return Verdict.NOT_APPLICABLE if is_replica(store) else Verdict.FAIL
    groups = stack.resolve(group_name, group_type) or _groups_named(group_name, group_type, stack)
    if not groups:
        return Verdict.UNKNOWN
    return all_pass(_is_private_group(group, stack) for group in groups)


def _groups_named(name: Json, group_type: str, stack: Stack) -> list[Block]:
    return [group for group in stack.of_type(group_type) if group.get("name") == name]


def _is_private_group(group: Block, stack: Stack) -> Verdict:
    subnets = subnets_in_group(group, stack)
    if subnets is None:
        return Verdict.UNKNOWN
    return all_pass(_is_private_subnet(subnet, stack) for subnet in subnets)


def _is_private_subnet(subnet: Block, stack: Stack) -> Verdict:
    public_ips = subnet.get("map_public_ip_on_launch")
    without_public_ips = Verdict.PASS if public_ips is None else is_false(public_ips)
    if not route_tables(subnet, stack):
        # The VPC's main route table applies, and any stack may own it.
        return min(without_public_ips, Verdict.UNKNOWN)
    return all_pass([without_public_ips, pass_if(not reaches_internet_gateway(subnet, stack))])

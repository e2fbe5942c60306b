"""Nothing that holds data has a route to the internet gateway."""

from policies.databases import is_replica
from policies.routing import grouped_subnets, reaches_internet_gateway, route_tables
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_hold, decided, is_false

_GROUPS = {
    "aws_db_instance": ("db_subnet_group_name", "aws_db_subnet_group"),
    "aws_rds_cluster": ("db_subnet_group_name", "aws_db_subnet_group"),
    "aws_elasticache_replication_group": ("subnet_group_name", "aws_elasticache_subnet_group"),
}


@rule(
    id="CKV2_ARQ_2",
    severity="CRITICAL",
    on=tuple(_GROUPS),
    why="In a public subnet only one flag stands between a database and the internet.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def data_off_public_subnets(store: Block, stack: Stack) -> Verdict:
    """Databases and caches are in subnets without a route to an internet gateway."""
    attribute, group_type = _GROUPS[store.type]
    written = store.get(attribute)
    if written is None:
        # A replica in its source's region is put into its source's group; anything else into the default VPC.
        return Verdict.NOT_CONCERNED if is_replica(store) else Verdict.FAIL
    groups = stack.referred(written, group_type) or _named(written, group_type, stack)
    if not groups:
        return Verdict.UNKNOWN
    return all_hold(_is_off(group, stack) for group in groups)


def _named(name: Json, group_type: str, stack: Stack) -> list[Block]:
    return [group for group in stack.of_type(group_type) if group.get("name") == name]


def _is_off(group: Block, stack: Stack) -> Verdict:
    subnets = grouped_subnets(group, stack)
    if subnets is None:
        return Verdict.UNKNOWN
    return all_hold(_is_private(subnet, stack) for subnet in subnets)


def _is_private(subnet: Block, stack: Stack) -> Verdict:
    public_ips = subnet.get("map_public_ip_on_launch")
    without_public_ips = Verdict.PASS if public_ips is None else is_false(public_ips)
    if not route_tables(subnet, stack):
        # Then the VPC's main table decides, which may be anyone's.
        return min(without_public_ips, Verdict.UNKNOWN)
    return all_hold([without_public_ips, decided(not reaches_internet_gateway(subnet, stack))])

"""Reads network paths outside rules: internet routes, prefix lists, attached security groups."""

from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.partial_values import PartialValues
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader

_DESTINATIONS = (
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
    "cidr_block",
    "ipv6_cidr_block",
)
# The argument that names the security groups of something, blocks by name.
_GROUP_ARGUMENTS = {
    "aws_alb": "security_groups",
    "aws_db_instance": "vpc_security_group_ids",
    "aws_db_proxy": "vpc_security_group_ids",
    "aws_docdb_cluster": "vpc_security_group_ids",
    "aws_ecs_service": "network_configuration.security_groups",
    "aws_efs_mount_target": "security_groups",
    "aws_eks_cluster": "vpc_config.security_group_ids",
    "aws_elasticache_replication_group": "security_group_ids",
    "aws_instance": "vpc_security_group_ids",
    "aws_lambda_function": "vpc_config.security_group_ids",
    "aws_launch_template": "vpc_security_group_ids",
    "aws_lb": "security_groups",
    "aws_memorydb_cluster": "security_group_ids",
    "aws_mq_broker": "security_groups",
    "aws_msk_cluster": "broker_node_group_info.security_groups",
    "aws_neptune_cluster": "vpc_security_group_ids",
    "aws_network_interface": "security_groups",
    "aws_opensearch_domain": "vpc_options.security_group_ids",
    "aws_rds_cluster": "vpc_security_group_ids",
    "aws_redshift_cluster": "vpc_security_group_ids",
    "aws_vpc_endpoint": "security_group_ids",
}


def _route(side: ChangeSide) -> Iterator[Permission]:
    yield from _to_the_internet(side, side.values, side.values.text("route_table_id"))


def _table(side: ChangeSide) -> Iterator[Permission]:
    if not (side.is_created and side.values.is_unknown("route")):  # then AWS chooses it
        for route in side.values.blocks("route"):
            yield from _to_the_internet(side, route, side.values.text("id"))


def _to_the_internet(side: ChangeSide, route: PartialValues, table: str) -> Iterator[Permission]:
    """Yield routes to an internet gateway; an unknown gateway counts as one."""
    if not route.text("gateway_id").startswith(("igw-", KNOWN_AFTER_APPLY)):
        return
    on = side.address if table in ("", KNOWN_AFTER_APPLY) else f"route table {table}"
    for destination in filter(None, map(route.text, _DESTINATIONS)):
        yield Permission(Kind.ENDPOINT, side.scope(on), destination, "pass an internet gateway", on)


def _list(side: ChangeSide) -> Iterator[Permission]:
    """Yield the entries: every rule that names the list applies to them."""
    if not (side.is_created and side.values.is_unknown("entry")):
        for entry in side.values.blocks("entry"):
            yield _list_entry(side, entry, side.values.text("id"))


def _entry(side: ChangeSide) -> Iterator[Permission]:
    yield _list_entry(side, side.values, side.values.text("prefix_list_id"))


def _list_entry(side: ChangeSide, entry: PartialValues, list_: str) -> Permission:
    on = side.address if list_ in ("", KNOWN_AFTER_APPLY) else f"list {list_}"
    return Permission(Kind.SECURITY_GROUP, side.scope(on), entry.text("cidr"), "pass where the list may", on)


def _attached_groups(side: ChangeSide) -> Iterator[Permission]:
    """Yield the security groups of an existing resource; a new one has its groups' own rules."""
    if side.is_created_or_deleted:
        return
    for block, name in side.values.within(_GROUP_ARGUMENTS[side.type]):
        for group in filter(None, block.texts(name)):
            who = f"sources that {side.names.group(group)} allows"
            yield Permission(Kind.SECURITY_GROUP, side.address, who, "reach it", side.address)


READERS: dict[str, Reader] = {
    **dict.fromkeys(_GROUP_ARGUMENTS, _attached_groups),
    "aws_route": _route,
    "aws_route_table": _table,
    "aws_default_route_table": _table,
    "aws_ec2_managed_prefix_list": _list,
    "aws_ec2_managed_prefix_list_entry": _entry,
}

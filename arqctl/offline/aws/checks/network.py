"""Checks of VPC resources and their relations: subnets, routes, route tables and NAT gateways."""

from collections.abc import Iterator

from arqctl.offline.aws.availability_zones import find_zone, is_region, list_zones, region_code
from arqctl.offline.aws.checks.cidrs import is_within, parse_network
from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import (
    Resource,
    check_exactly_one,
    definitely_set,
    known_prefix,
    make_error,
    possibly_set,
)
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value

_TARGETS = (
    "carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id", "local_gateway_id",
    "nat_gateway_id", "network_interface_id", "transit_gateway_id", "vpc_endpoint_id",
    "vpc_peering_connection_id",
)  # fmt: skip
_DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")


def check_subnet_in_vpc(subnet: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a subnet's CIDR block lies in a block of its VPC."""
    block, vpcs = (
        parse_network(subnet.get_text("cidr_block")),
        planned.resolve_reference("aws_vpc", subnet.values.get("vpc_id")),
    )
    vpc_blocks = [parse_network(vpc.get_text("cidr_block")) for vpc in vpcs]
    if block is None or not vpc_blocks or None in vpc_blocks:
        return
    secondary_blocks = [
        parse_network(each.get_text("cidr_block"))
        for each in planned.list_of_type("aws_vpc_ipv4_cidr_block_association")
        if known_prefix(each.values.get("vpc_id")) == known_prefix(subnet.values.get("vpc_id"))
    ]
    # A secondary block may be planned after this subnet if nothing orders them. Its VPC id is then not
    # predicted.
    if not any(vpc_block and is_within(block, vpc_block) for vpc_block in [*vpc_blocks, *secondary_blocks]):
        yield make_error(
            "Subnet outside its VPC",
            f"cidr_block is {block}, the VPC has {', '.join(sorted(map(str, vpc_blocks)))}. Use a block "
            "inside the VPC.",
            "cidr_block",
        )


def check_overlapping_subnets(subnet: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that subnets of one VPC don't overlap."""
    block, vpc = parse_network(subnet.get_text("cidr_block")), subnet.values.get("vpc_id")
    for other in planned.find_with_same_key(subnet, _vpc_key):
        other_block = parse_network(other.get_text("cidr_block"))
        if block is None or other_block is None or block.version != other_block.version:
            continue
        if block.overlaps(other_block) and planned.is_same_resource(
            "aws_vpc", vpc, other.values.get("vpc_id")
        ):
            yield make_error(
                "Overlapping subnets",
                f"cidr_block is {block}, and another subnet of the VPC has {other_block}; they overlap. Use "
                "another block.",
                "cidr_block",
            )
            return


def check_zone_exists(resource: Resource, _: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a named availability zone is one of the region's."""
    region = resource.account.region if resource.account else ""
    if not is_region(region):
        return
    for name in ("availability_zone", "availability_zone_id"):
        given = resource.get_text(name)
        # Local and Wavelength zones have longer names. Which of them exist is not known here.
        is_local = given is not None and given.count("-") > (2 if name == "availability_zone" else 1)
        if (
            given
            and not (is_local and given.startswith((region, region_code(region))))
            and not find_zone(region, given)
        ):
            known_zones = ", ".join(
                each.name if name == "availability_zone" else each.id for each in list_zones(region)
            )
            yield make_error(
                "Unknown availability zone", f"{name} is {given}. {region} has {known_zones}.", name
            )


def check_route_target(route: Resource) -> Iterator[Diagnostic]:
    """Check that a route has exactly one destination and one target."""
    for names, role in ((_DESTINATIONS, "destination"), (_TARGETS, "target")):
        if problem := check_exactly_one(route.values, names):
            yield make_error(f"Route needs exactly one {role}", problem)


def check_duplicate_routes(route: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other route of the route table has the same destination."""
    for other in planned.find_with_same_key(route, _destination_key):
        tables = route.values.get("route_table_id"), other.values.get("route_table_id")
        if planned.is_same_resource("aws_route_table", *tables):
            yield make_error(
                "Duplicate route",
                "Another route of the route table has the same destination. Remove one.",
            )
            return


def check_nat_gateway(nat: Resource) -> Iterator[Diagnostic]:
    """Check that a NAT gateway has a subnet and, only if it is public, an Elastic IP address."""
    mode, kind = nat.values.get("availability_mode"), nat.values.get("connectivity_type")
    if isinstance(mode, Unknown) or isinstance(kind, Unknown):
        return
    regional, private = mode == "regional", kind == "private"
    if not regional and not possibly_set(nat.values, "subnet_id"):
        yield make_error("NAT gateway without a subnet", "Set subnet_id to a public subnet.", "subnet_id")
    if not regional and not private and not possibly_set(nat.values, "allocation_id"):
        yield make_error(
            "Public NAT gateway without an Elastic IP address",
            "Set allocation_id to that of an aws_eip, or set connectivity_type to private.",
            "allocation_id",
        )
    if private and definitely_set(nat.values, "allocation_id"):
        yield make_error(
            "Private NAT gateway with an Elastic IP address", "Remove allocation_id.", "allocation_id"
        )


def check_duplicate_associations(association: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a subnet is associated with one route table only."""
    for other in planned.find_with_same_key(association, _subnet_key):
        subnets = association.values.get("subnet_id"), other.values.get("subnet_id")
        if planned.is_same_resource("aws_subnet", *subnets):
            yield make_error(
                "Subnet with two route tables",
                "Another association gives this subnet a route table. Remove one.",
                "subnet_id",
            )
            return


def check_same_vpc(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a resource's subnets, route table and security groups are in one VPC."""
    types_by_vpc: dict[str, str] = {}
    for kind, value in _references(resource):
        vpcs = {known_prefix(each.values.get("vpc_id")) for each in planned.resolve_reference(kind, value)}
        # A predicted prefix may match several VPCs. Then nothing can be decided.
        if len(vpcs) == 1 and (vpc := vpcs.pop()):
            types_by_vpc.setdefault(vpc, kind)
    if len(types_by_vpc) > 1:
        description = " and ".join(sorted(f"{vpc} ({kind})" for vpc, kind in types_by_vpc.items()))
        yield make_error(
            "References to different VPCs", f"The resource refers to {description}. Use resources of one VPC."
        )


def _references(resource: Resource) -> Iterator[tuple[str, Value]]:
    blocks = [resource.values, *resource.get_blocks("vpc_config")]
    arguments_by_type = {
        "aws_subnet": ("subnet_id", "subnet_ids", "subnets", "vpc_subnet_ids"),
        "aws_security_group": ("security_groups", "security_group_ids", "vpc_security_group_ids"),
        "aws_route_table": ("route_table_id",),
    }
    for kind, names in arguments_by_type.items():
        for name in names:
            for block in blocks:
                given = block.get(name)
                for each in given if isinstance(given, list) else [given]:
                    yield kind, each


def _vpc_key(subnet: Resource) -> str | None:
    return known_prefix(subnet.values.get("vpc_id")) or None


def _subnet_key(association: Resource) -> str | None:
    return known_prefix(association.values.get("subnet_id")) or None


def _destination_key(route: Resource) -> tuple[str, str] | None:
    destinations = [each for name in _DESTINATIONS if (each := route.get_text(name))]
    table = known_prefix(route.values.get("route_table_id"))
    return (table, destinations[0]) if table and destinations else None

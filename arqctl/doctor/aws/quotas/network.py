"""Quotas of networks: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from arqctl.core.json_access import Json, as_list, as_text
from arqctl.doctor.aws.aws_check import AwsContext
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.aws.quotas.quota import Quota, count_by_region, count_others, is_own
from arqctl.doctor.aws.zones import subnet_zones

_WITH_INTERFACES = (
    "aws_db_instance",
    "aws_db_proxy",
    "aws_elasticache_replication_group",
    "aws_launch_template",
    "aws_lb",
    "aws_vpc_endpoint",
)
_GROUP_ARGUMENTS = ("security_groups", "security_group_ids", "vpc_security_group_ids")


def _largest(
    groups: Callable[[AwsContext], Mapping[tuple[str, str], int]],
) -> Callable[[AwsContext], Mapping[str, int]]:
    """Return a function with the largest group of each region, from the sizes by region and group."""

    def needs(context: AwsContext) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for (region, _), size in groups(context).items():
            found[region] = max(found.get(region, 0), size)
        return found

    return needs


def _nat_gateways(context: AwsContext) -> Mapping[tuple[str, str], int]:
    """Return the NAT gateways by zone. Regional ones have no subnet, and are in no zone."""
    gateways = context.configuration.resources("aws_nat_gateway")
    return Counter(
        (gateway.region, zone)
        for gateway in gateways
        if gateway.arguments.get("subnet_id")
        for zone in subnet_zones(context, gateway, [gateway.arguments.get("subnet_id")])
    )


def _other_nat_gateways(context: AwsContext, region: str) -> int:
    """Return the number of other NAT gateways in the zone that has most of them."""
    subnets = context.list_all("ec2", "describe_subnets", "Subnets", region)
    zones = {as_text(each.get("SubnetId")): as_text(each.get("AvailabilityZoneId")) for each in subnets}
    gateways = context.list_all("ec2", "describe_nat_gateways", "NatGateways", region)
    others = Counter(
        zones.get(as_text(each.get("SubnetId")), "")
        for each in gateways
        if each.get("State") in ("pending", "available", "deleting") and not is_own(context, each)
    )
    return max(others.values(), default=0)


def _endpoints(type_: str) -> Callable[[AwsContext], list[Resource]]:
    def endpoints(context: AwsContext) -> list[Resource]:
        found = context.configuration.resources("aws_vpc_endpoint")
        return [each for each in found if (each.text("vpc_endpoint_type") or "Gateway") == type_]

    return endpoints


def _interface_endpoints(context: AwsContext) -> Mapping[tuple[str, str], int]:
    found = _endpoints("Interface")(context)
    return Counter((each.region, as_text(each.arguments.get("vpc_id"))) for each in found)


def _gateway_endpoints(context: AwsContext) -> Mapping[str, int]:
    return Counter(each.region for each in _endpoints("Gateway")(context))


def _other_gateway_endpoints(context: AwsContext, region: str) -> int:
    filters: list[Json] = [{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}]
    found = context.list_all("ec2", "describe_vpc_endpoints", "VpcEndpoints", region, Filters=filters)
    return sum(not is_own(context, each) for each in found)


def _security_group_rules(context: AwsContext) -> Mapping[tuple[str, str], int]:
    """Return the rules by security group and direction, which AWS counts separately."""
    rules = context.configuration.resources(
        "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
    )
    return Counter(
        (each.region, f"{each.block.type} {as_text(each.arguments.get('security_group_id'))}")
        for each in rules
    )


def _interface_groups(context: AwsContext) -> Mapping[tuple[str, str], int]:
    """Return the security groups by the resource whose network interfaces have them."""
    return {
        (each.region, each.block.address): max(_lengths(each.arguments, _GROUP_ARGUMENTS), default=0)
        for each in context.configuration.resources(*_WITH_INTERFACES)
    }


def _lengths(value: Json, names: tuple[str, ...]) -> Iterator[int]:
    """Yield the lengths of the lists with these names, in nested blocks too."""
    match value:
        case dict():
            for name, each in value.items():
                if name in names and isinstance(each, list):
                    yield len(each)
                yield from _lengths(each, names)
        case list():
            for each in value:
                yield from _lengths(each, names)


def _network_acl_rules(context: AwsContext) -> Mapping[tuple[str, str], int]:
    acls = context.configuration.resources("aws_network_acl", "aws_default_network_acl")
    return {
        (acl.region, f"{direction} {acl.block.address}"): len(as_list(acl.arguments.get(direction)))
        for acl in acls
        for direction in ("ingress", "egress")
    }


def _subnets(context: AwsContext) -> Mapping[tuple[str, str], int]:
    subnets = context.configuration.resources("aws_subnet")
    return Counter((each.region, as_text(each.arguments.get("vpc_id"))) for each in subnets)


NETWORK_QUOTAS = (
    Quota(
        "Elastic IP addresses",
        "ec2",
        "L-0263D0A3",
        count_by_region("aws_eip"),
        count_others("describe_addresses", "Addresses"),
        ("ec2:DescribeAddresses",),
    ),
    Quota(
        "VPCs",
        "vpc",
        "L-F678F1CE",
        count_by_region("aws_vpc"),
        count_others("describe_vpcs", "Vpcs"),
        ("ec2:DescribeVpcs",),
    ),
    Quota(
        "internet gateways",
        "vpc",
        "L-A4707A72",
        count_by_region("aws_internet_gateway"),
        count_others("describe_internet_gateways", "InternetGateways"),
        ("ec2:DescribeInternetGateways",),
    ),
    Quota(
        "NAT gateways in a zone",
        "vpc",
        "L-FE5A380F",
        _largest(_nat_gateways),
        _other_nat_gateways,
        ("ec2:DescribeNatGateways", "ec2:DescribeSubnets"),
    ),
    Quota("subnets of a VPC", "vpc", "L-407747CB", _largest(_subnets)),
    Quota("interface endpoints of a VPC", "vpc", "L-29B6F2EB", _largest(_interface_endpoints)),
    Quota(
        "gateway endpoints",
        "vpc",
        "L-1B52E74A",
        _gateway_endpoints,
        _other_gateway_endpoints,
        ("ec2:DescribeVpcEndpoints",),
    ),
    Quota("rules of a security group", "vpc", "L-0EA8095F", _largest(_security_group_rules)),
    Quota("security groups of an interface", "vpc", "L-2AFB9258", _largest(_interface_groups)),
    Quota("rules of a network ACL", "vpc", "L-2AEEBF1A", _largest(_network_acl_rules)),
)

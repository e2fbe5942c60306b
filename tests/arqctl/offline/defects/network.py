"""Defects in the network: CIDR blocks, zones, routes, security group rules."""

from tests.arqctl.offline.defects.defect_planting import Defect, Ref, apply_all, drop, put

_INGRESS = "aws_vpc_security_group_ingress_rule"
_EGRESS = "aws_vpc_security_group_egress_rule"
_FROM_VPC = "network/interface-endpoints/security-group/connections/from-10-40-0-0-16-tcp-443"
_TO_INTERNET = "workers/security-group/connections/to-0-0-0-0-0-tcp-443"
_FIRST, _SECOND = "network/isolated/euw1-az1", "network/isolated/euw1-az2"
_NAT = "network/nat/euw1-az1"
_ROUTE = "network/private/euw1-az1/nat"

DEFECTS = (
    Defect("vpc-cidr-syntax", "aws_vpc", "network", put("cidr_block", "10.40.0.0/33"), "cidr_block"),
    Defect("vpc-cidr-host-bits", "aws_vpc", "network", put("cidr_block", "10.40.0.1/16"), "10.40.0.0/16"),
    Defect("vpc-too-large", "aws_vpc", "network", put("cidr_block", "10.0.0.0/8"), "/16"),
    Defect("vpc-tenancy", "aws_vpc", "network", put("instance_tenancy", "shared"), "instance_tenancy"),
    Defect("subnet-too-small", "aws_subnet", _FIRST, put("cidr_block", "10.40.224.0/29"), "/28"),
    Defect(
        "subnets-overlap",
        "aws_subnet",
        _SECOND,
        put("cidr_block", "10.40.226.0/23"),
        "overlap",
        either=_FIRST,
    ),
    Defect("subnet-outside-vpc", "aws_subnet", _FIRST, put("cidr_block", "10.50.0.0/22"), "10.50.0.0/22"),
    Defect("zone-unknown", "aws_subnet", _FIRST, put("availability_zone_id", "euw1-az9"), "euw1-az9"),
    Defect(
        "zone-by-id-and-name",
        "aws_subnet",
        _FIRST,
        put("availability_zone", "eu-west-1a"),
        "availability_zone_id",
    ),
    Defect("subnet-without-vpc", "aws_subnet", _FIRST, drop("vpc_id"), "vpc_id"),
    Defect("ports-out-of-order", _INGRESS, _FROM_VPC, put("from_port", 8443), "from_port"),
    Defect("port-too-high", _INGRESS, _FROM_VPC, put("to_port", 70000), "to_port"),
    Defect("all-protocols-with-ports", _EGRESS, _TO_INTERNET, put("ip_protocol", "-1"), "ports"),
    Defect("ipv6-in-ipv4", _INGRESS, _FROM_VPC, put("cidr_ipv4", "2001:db8::/32"), "cidr_ipv4"),
    Defect(
        "rule-with-two-peers",
        _INGRESS,
        _FROM_VPC,
        put("referenced_security_group_id", Ref("aws_security_group", "workers/security-group", "id")),
        "referenced_security_group_id",
    ),
    Defect("rule-without-peer", _INGRESS, _FROM_VPC, drop("cidr_ipv4"), "cidr_ipv4"),
    Defect(
        "rule-group-is-a-vpc",
        _INGRESS,
        _FROM_VPC,
        put("security_group_id", Ref("aws_vpc", "network", "id")),
        "security_group_id",
    ),
    Defect(
        "route-with-two-targets",
        "aws_route",
        _ROUTE,
        put("gateway_id", Ref("aws_internet_gateway", "network/internet", "id")),
        "gateway_id",
    ),
    Defect("route-without-target", "aws_route", _ROUTE, drop("nat_gateway_id"), "nat_gateway_id"),
    Defect(
        "route-without-destination",
        "aws_route",
        _ROUTE,
        drop("destination_cidr_block"),
        "destination_cidr_block",
    ),
    Defect(
        "route-host-bits",
        "aws_route",
        _ROUTE,
        put("destination_cidr_block", "10.0.0.1/8"),
        "destination_cidr_block",
    ),
    Defect(
        "association-with-subnet-and-gateway",
        "aws_route_table_association",
        "network/isolated/euw1-az1/association",
        put("gateway_id", Ref("aws_internet_gateway", "network/internet", "id")),
        "gateway_id",
    ),
    Defect(
        "group-named-sg",
        "aws_security_group",
        "database/security-group",
        apply_all(drop("name_prefix"), put("name", "sg-database")),
        "name",
    ),
    Defect(
        "group-with-name-and-prefix",
        "aws_security_group",
        "database/security-group",
        put("name", "database"),
        "name_prefix",
    ),
    Defect(
        "group-description-too-long",
        "aws_security_group",
        "database/security-group",
        put("description", "d" * 256),
        "description",
    ),
    Defect(
        "endpoint-type",
        "aws_vpc_endpoint",
        "network/interface-endpoints/kms",
        put("vpc_endpoint_type", "Private"),
        "vpc_endpoint_type",
    ),
    Defect(
        "endpoint-service-unknown",
        "aws_vpc_endpoint",
        "network/interface-endpoints/kms",
        put("service_name", "com.amazonaws.eu-west-1.kmss"),
        "service_name",
    ),
    Defect(
        "flow-log-traffic",
        "aws_flow_log",
        "network/flow-logs",
        put("traffic_type", "EVERYTHING"),
        "traffic_type",
    ),
    Defect(
        "flow-log-interval",
        "aws_flow_log",
        "network/flow-logs",
        put("max_aggregation_interval", 120),
        "max_aggregation_interval",
    ),
    Defect(
        "acl-duplicate-rule-number",
        "aws_network_acl",
        "network/isolated/acl",
        put("ingress.1.rule_no", 100),
        "rule_no",
    ),
    Defect(
        "acl-rule-action",
        "aws_network_acl",
        "network/isolated/acl",
        put("ingress.1.action", "permit"),
        "action",
    ),
    Defect("address-domain", "aws_eip", "network/nat/address-euw1-az1", put("domain", "classic"), "domain"),
    Defect("nat-without-address", "aws_nat_gateway", _NAT, drop("allocation_id"), "allocation_id"),
)

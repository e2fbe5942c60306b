"""Routes, subnets and security groups."""

from tests.policies.mutations import edit_first, first_address, regression, remove_resources, set_value
from tests.policies.network_mutations import (
    add_ingress_to,
    assign_public_ips_to_data_subnet,
    is_primary,
    route_from_data_subnets,
    share_route_table_between_zones,
    use_nat_of_another_zone,
)

DATABASE = first_address("aws_db_instance", is_primary)

REGRESSIONS = (
    regression("zone uses NAT gateway of another zone", use_nat_of_another_zone, "CKV2_ARQ_1"),
    regression("route table shared by two zones", share_route_table_between_zones, "CKV2_ARQ_1"),
    regression(
        "database subnet routes to internet gateway",
        route_from_data_subnets("aws_internet_gateway", "gateway_id", reported_at=DATABASE),
        "CKV2_ARQ_2",
    ),
    regression("database subnet assigns public addresses", assign_public_ips_to_data_subnet, "CKV2_ARQ_2"),
    regression(
        "database subnet routes to NAT gateway",
        route_from_data_subnets(
            "aws_nat_gateway", "nat_gateway_id", reported_at=first_address("aws_db_subnet_group")
        ),
        "CKV2_ARQ_3",
    ),
    regression(
        "PostgreSQL open to the internet",
        add_ingress_to("aws_db_instance", cidr_ipv4="0.0.0.0/0", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    regression(
        "ingress from half of the internet",
        add_ingress_to("aws_db_instance", cidr_ipv4="128.0.0.0/1", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    regression(
        "ingress from the internet over IPv6",
        add_ingress_to("aws_db_instance", cidr_ipv6="::/0", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    regression(
        "ingress from the internet in an expression",
        add_ingress_to("aws_db_instance", cidr_ipv4='${concat(["0.0.0.0/0"], [])[0]}'),
        "CKV2_ARQ_6",
    ),
    regression(
        "internal load balancer open to the internet",
        add_ingress_to("aws_lb", cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443),
        "CKV2_ARQ_6",
    ),
    regression(
        "inline security group rules",
        edit_first(
            "aws_security_group", set_value("ingress", [{"from_port": 22, "cidr_blocks": ["10.0.0.0/8"]}])
        ),
        "CKV_ARQ_25",
    ),
    regression(
        "no flow logs", remove_resources("aws_flow_log", reported_at=first_address("aws_vpc")), "CKV2_AWS_11"
    ),
)

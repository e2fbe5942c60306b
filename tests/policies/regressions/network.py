"""Routes, subnets and security groups."""

from tests.policies.ground import (
    ingress_to,
    is_primary,
    nat_of_another_zone,
    public_data_subnet,
    route_from_data,
)
from tests.policies.planting import caught, first, on_first, put, removing

DATABASE = first("aws_db_instance", is_primary)

REGRESSIONS = (
    caught("a zone that leaves through another's NAT", nat_of_another_zone, "CKV2_ARQ_1"),
    caught(
        "a database with a route to the internet gateway",
        route_from_data("aws_internet_gateway", "gateway_id", found_at=DATABASE),
        "CKV2_ARQ_2",
    ),
    caught("a database's subnet with public addresses", public_data_subnet, "CKV2_ARQ_2"),
    caught(
        "a database that can dial out",
        route_from_data("aws_nat_gateway", "nat_gateway_id", found_at=first("aws_db_subnet_group")),
        "CKV2_ARQ_3",
    ),
    caught(
        "PostgreSQL open to the world",
        ingress_to("aws_db_instance", cidr_ipv4="0.0.0.0/0", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    caught(
        "half of the internet let in",
        ingress_to("aws_db_instance", cidr_ipv4="128.0.0.0/1", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    caught(
        "the world let in over IPv6",
        ingress_to("aws_db_instance", cidr_ipv6="::/0", from_port=5432, to_port=5432),
        "CKV2_ARQ_6",
    ),
    caught(
        "the world let in by an expression",
        ingress_to("aws_db_instance", cidr_ipv4='${concat(["0.0.0.0/0"], [])[0]}'),
        "CKV2_ARQ_6",
    ),
    caught(
        "an internal load balancer open to the world",
        ingress_to("aws_lb", cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443),
        "CKV2_ARQ_6",
    ),
    caught(
        "rules inside a security group",
        on_first("aws_security_group", put("ingress", [{"from_port": 22, "cidr_blocks": ["10.0.0.0/8"]}])),
        "CKV_ARQ_25",
    ),
    caught("no flow logs", removing("aws_flow_log", found_at=first("aws_vpc")), "CKV2_AWS_11"),
)

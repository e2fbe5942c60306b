"""Routes, subnets and security groups."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example, in_dev
from tests.policies.mutations import edit_first, first_address, regression, remove_resources, set_value
from tests.policies.network_mutations import (
    add_ingress_to,
    assign_public_ips_to_data_subnet,
    is_primary,
    route_from_data_subnets,
    share_route_table_between_zones,
    use_nat_of_another_zone,
)

GATEWAY: Bodies = {"aws_internet_gateway.main": {}}
ISOLATED: Bodies = {
    "aws_subnet.a": {"availability_zone_id": "euw1-az1"},
    "aws_route_table.a": {},
    "aws_route_table_association.a": {
        "subnet_id": "${aws_subnet.a.id}",
        "route_table_id": "${aws_route_table.a.id}",
    },
}
DATABASE: Bodies = {
    "aws_db_instance.it": {"db_subnet_group_name": "${aws_db_subnet_group.data.name}"},
    "aws_db_subnet_group.data": {"name": "data", "subnet_ids": ["${aws_subnet.a.id}"]},
}
CACHE: Bodies = {
    "aws_elasticache_replication_group.it": {"subnet_group_name": "cache"},
    "aws_elasticache_subnet_group.data": {"name": "cache", "subnet_ids": ["${aws_subnet.a.id}"]},
}
SUBNET_GROUP: Bodies = {"aws_db_subnet_group.it": {"subnet_ids": ["${aws_subnet.a.id}"]}}
TO_THE_INTERNET: dict[str, Json] = {
    "route_table_id": "${aws_route_table.a.id}",
    "destination_cidr_block": "0.0.0.0/0",
    "gateway_id": "${aws_internet_gateway.main.id}",
}
THROUGH_NAT: dict[str, Json] = {
    "route_table_id": "${aws_route_table.a.id}",
    "destination_cidr_block": "0.0.0.0/0",
    "nat_gateway_id": "${aws_nat_gateway.main.id}",
}
FROM_IT: dict[str, Json] = {"route_table_id": "${aws_route_table.it.id}"}
BALANCER: dict[str, Json] = {"security_groups": ["${aws_security_group.main.id}"]}


def _private(nat: dict[str, Json], **table: Json) -> Bodies:
    """Return a private route table of zone 1 and a NAT gateway in a public subnet of zone 1 or 2."""
    return {
        "aws_route_table.it": table,
        "aws_subnet.a": {"availability_zone_id": "euw1-az1"},
        "aws_subnet.public1": {"availability_zone_id": "euw1-az1"},
        "aws_subnet.public2": {"availability_zone_id": "euw1-az2"},
        "aws_route_table_association.a": {
            "subnet_id": "${aws_subnet.a.id}",
            "route_table_id": "${aws_route_table.it.id}",
        },
        "aws_route.out": {**THROUGH_NAT, "route_table_id": "${aws_route_table.it.id}"},
        "aws_nat_gateway.main": nat,
    }


def _shared_by_two_zones(nat: dict[str, Json]) -> Bodies:
    """Return a private route table of zones 1 and 2 and a NAT gateway."""
    return {
        **_private(nat),
        "aws_subnet.b": {"availability_zone_id": "euw1-az2"},
        "aws_route_table_association.b": {
            "subnet_id": "${aws_subnet.b.id}",
            "route_table_id": "${aws_route_table.it.id}",
        },
    }


def _ingress(**rule: Json) -> Bodies:
    return {
        "aws_vpc_security_group_ingress_rule.it": {
            "security_group_id": "${aws_security_group.main.id}",
            "ip_protocol": "tcp",
            **rule,
        },
        "aws_security_group.main": {},
    }


EXAMPLES = (
    Example(
        "CKV_ARQ_25",
        passes=({"aws_security_group.it": {"name": "it"}},),
        fails=(
            {"aws_security_group.it": {"ingress": [{"from_port": 443, "cidr_blocks": ["10.0.0.0/8"]}]}},
            {"aws_security_group.it": {"egress": [{"cidr_blocks": ["0.0.0.0/0"]}]}},
        ),
    ),
    Example(
        "CKV2_ARQ_1",
        passes=(
            _private({"subnet_id": "${aws_subnet.public1.id}"}),
            _private({"availability_mode": "regional"}),
            _shared_by_two_zones({"availability_mode": "regional"}),
        ),
        fails=(
            _private({"subnet_id": "${aws_subnet.public2.id}"}),
            _shared_by_two_zones({"subnet_id": "${aws_subnet.public1.id}"}),
            {
                **_private({"subnet_id": "${aws_subnet.public1.id}"}),
                "aws_route.ipv6": {
                    "route_table_id": "${aws_route_table.it.id}",
                    "destination_ipv6_cidr_block": "::/0",
                    "nat_gateway_id": "${aws_nat_gateway.other.id}",
                },
                "aws_nat_gateway.other": {"subnet_id": "${aws_subnet.public2.id}"},
            },
        ),
        unknown=(_private({"subnet_id": "subnet-0123"}),),
        not_applicable=(
            {"aws_route_table.it": {}},
            {"aws_route_table.it": {}, "aws_route.out": {**TO_THE_INTERNET, **FROM_IT}, **GATEWAY},
            _private({"subnet_id": "${aws_subnet.public2.id}"}, **in_dev({})),
        ),
    ),
    Example(
        "CKV2_ARQ_2",
        passes=(
            {**DATABASE, **ISOLATED, **GATEWAY},
            {**CACHE, **ISOLATED},
            {**DATABASE, **ISOLATED, "aws_route.out": THROUGH_NAT, "aws_nat_gateway.main": {}},
        ),
        fails=(
            {"aws_db_instance.it": {}},
            {**DATABASE, **ISOLATED, **GATEWAY, "aws_route.out": TO_THE_INTERNET},
            {**CACHE, **ISOLATED, **GATEWAY, "aws_route.out": TO_THE_INTERNET},
            {
                **DATABASE,
                "aws_db_subnet_group.data": {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]},
                **ISOLATED,
                "aws_subnet.b": {"map_public_ip_on_launch": True},
            },
            {**DATABASE, **ISOLATED, "aws_subnet.a": {"map_public_ip_on_launch": True}},
            {
                **DATABASE,
                **ISOLATED,
                **GATEWAY,
                "aws_route_table.a": {
                    "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.main.id}"}]
                },
            },
        ),
        unknown=(
            {"aws_db_instance.it": {"db_subnet_group_name": "made-elsewhere"}},
            {**CACHE, **ISOLATED, "aws_elasticache_subnet_group.data": {"name": "another", "subnet_ids": []}},
            {
                **DATABASE,
                **ISOLATED,
                "aws_db_subnet_group.data": {"subnet_ids": "${[for s in [aws_subnet.a] : s.id]}"},
            },
            {**DATABASE, "aws_subnet.a": {}},
            {
                **DATABASE,
                "aws_db_subnet_group.data": {"name": "data", "subnet_ids": ["subnet-0123"]},
            },
        ),
        not_applicable=({"aws_db_instance.it": {"replicate_source_db": "production"}},),
    ),
    Example(
        "CKV2_ARQ_3",
        passes=(
            {**SUBNET_GROUP, **ISOLATED},
            {
                **SUBNET_GROUP,
                **ISOLATED,
                "aws_route.out": {**THROUGH_NAT, "destination_cidr_block": "10.0.0.0/8"},
            },
        ),
        fails=(
            {**SUBNET_GROUP, **ISOLATED, "aws_route.out": THROUGH_NAT},
            {
                "aws_db_subnet_group.it": {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]},
                **ISOLATED,
                "aws_subnet.b": {},
                "aws_route_table.b": {"route": [{"cidr_block": "0.0.0.0/0"}]},
                "aws_route_table_association.b": {
                    "subnet_id": "${aws_subnet.b.id}",
                    "route_table_id": "${aws_route_table.b.id}",
                },
            },
            {
                **SUBNET_GROUP,
                **ISOLATED,
                "aws_route.out": {**THROUGH_NAT, "destination_cidr_block": "${var.cidr}"},
            },
            {**SUBNET_GROUP, **ISOLATED, **GATEWAY, "aws_route.out": TO_THE_INTERNET},
            {
                **SUBNET_GROUP,
                **ISOLATED,
                "aws_route.out": {
                    "route_table_id": "${aws_route_table.a.id}",
                    "destination_ipv6_cidr_block": "::/0",
                    "egress_only_gateway_id": "${aws_egress_only_internet_gateway.main.id}",
                },
            },
        ),
        unknown=(
            {**SUBNET_GROUP, "aws_subnet.a": {}},
            {"aws_db_subnet_group.it": {}},
            {"aws_db_subnet_group.it": {"subnet_ids": []}},
            {
                "aws_db_subnet_group.it": {"subnet_ids": ["${var.x ? aws_subnet.a.id : aws_subnet.b.id}"]},
                **ISOLATED,
                "aws_subnet.b": {},
                "aws_route_table_association.b": {
                    "subnet_id": "${aws_subnet.b.id}",
                    "route_table_id": "${aws_route_table.a.id}",
                },
            },
        ),
    ),
    Example(
        "CKV2_ARQ_6",
        passes=(
            _ingress(cidr_ipv4="10.0.0.0/8", from_port=5432, to_port=5432),
            _ingress(referenced_security_group_id="${aws_security_group.main.id}"),
            {**_ingress(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443), "aws_lb.public": BALANCER},
        ),
        fails=(
            _ingress(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443),
            _ingress(cidr_ipv6="::/0", from_port=443, to_port=443),
            _ingress(cidr_ipv4="128.0.0.0/1"),
            _ingress(from_port=443, to_port=443),
            {"aws_default_security_group.it": {"ingress": [{"cidr_blocks": ["0.0.0.0/0"]}]}},
            {
                **_ingress(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443),
                "aws_lb.inside": {**BALANCER, "internal": True},
            },
            {**_ingress(cidr_ipv4="0.0.0.0/0", from_port=0, to_port=65535), "aws_lb.public": BALANCER},
            {"aws_security_group.it": {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}]}},
            {
                "aws_security_group.it": {
                    "ingress": [{"cidr_blocks": ["10.0.0.0/8"]}, {"cidr_blocks": ["0.0.0.0/0"]}]
                }
            },
            {**_ingress(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=8443), "aws_lb.public": BALANCER},
            {**_ingress(cidr_ipv4="0.0.0.0/0", from_port=22, to_port=22), "aws_lb.public": BALANCER},
            {
                **_ingress(cidr_ipv4="0.0.0.0/0", from_port=443, to_port=443),
                "aws_lb.public": BALANCER,
                "aws_lb.inside": {**BALANCER, "internal": True},
            },
            {"aws_security_group_rule.it": {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"]}},
        ),
        unknown=(
            _ingress(cidr_ipv4='${concat(["0.0.0.0/0"], [])[0]}'),
            {"aws_security_group.it": {"ingress": "${var.rules}"}},
            {"aws_security_group_rule.it": {"type": "ingress", "cidr_blocks": '${concat(["0.0.0.0/0"])}'}},
        ),
        not_applicable=(
            {"aws_security_group.it": {}},
            {"aws_security_group_rule.it": {"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}},
        ),
    ),
)

DATABASE_ADDRESS = first_address("aws_db_instance", is_primary)

REGRESSIONS = (
    regression("zone uses NAT gateway of another zone", use_nat_of_another_zone, "CKV2_ARQ_1"),
    regression("route table shared by two zones", share_route_table_between_zones, "CKV2_ARQ_1"),
    regression(
        "database subnet routes to internet gateway",
        route_from_data_subnets("aws_internet_gateway", "gateway_id", reported_at=DATABASE_ADDRESS),
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

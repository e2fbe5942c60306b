"""Mutations of a stack's subnets, routes and security groups."""

from policies.stack import Json, at, references
from tests.policies.mutations import (
    Body,
    Mutation,
    TargetNotFoundError,
    TerraformJson,
    add_resource,
    first_address,
)


def is_primary(body: Body) -> bool:
    """Return whether a database is not a read replica."""
    return not body.get("replicate_source_db")


def has_literal_policy(body: Body) -> bool:
    """Return whether a resource's `policy` is a literal document with statements."""
    return "Statement" in str(body.get("policy"))


def route_from_data_subnets(gateway_type: str, attribute: str, *, reported_at: Mutation) -> Mutation:
    """Add a default route from the databases' subnets to the first gateway of a type."""

    def body(document: TerraformJson) -> Body:
        return {
            "route_table_id": f"${{{_data_table(document)}.id}}",
            "destination_cidr_block": "0.0.0.0/0",
            attribute: f"${{{first_address(gateway_type)(document)}.id}}",
        }

    return add_resource("aws_route", body, reported_at=reported_at)


def assign_public_ips_to_data_subnet(document: TerraformJson) -> str:
    """Assign public addresses to instances in a database subnet."""
    subnet = at(document, f"resource.{_data_subnet(document)}")
    assert isinstance(subnet, dict)
    subnet["map_public_ip_on_launch"] = True
    return first_address("aws_db_instance", is_primary)(document)


def use_nat_of_another_zone(document: TerraformJson) -> str:
    """Route the private subnet of one zone through the NAT gateway of another zone."""
    routes = at(document, "resource.aws_route")
    assert isinstance(routes, dict)
    nat_routes = [
        body for _, body in sorted(routes.items()) if isinstance(body, dict) and "nat_gateway_id" in body
    ]
    if len(nat_routes) < 2:
        raise TargetNotFoundError("fewer than two zones with a NAT gateway")
    nat_routes[0]["nat_gateway_id"] = nat_routes[-1]["nat_gateway_id"]
    return min(references(nat_routes[0]["route_table_id"]))


def share_route_table_between_zones(document: TerraformJson) -> str:
    """Associate the private subnets of two zones with the route table of one of them."""
    routes, associations = (
        at(document, "resource.aws_route"),
        at(document, "resource.aws_route_table_association"),
    )
    assert isinstance(routes, dict)
    assert isinstance(associations, dict)
    nat_tables = {
        str(at(body, "route_table_id")) for body in routes.values() if at(body, "nat_gateway_id") is not None
    }
    private = [body for _, body in sorted(associations.items()) if at(body, "route_table_id") in nat_tables]
    if len(private) < 2:
        raise TargetNotFoundError("fewer than two zones with a NAT gateway")
    table = at(private[0], "route_table_id")
    assert isinstance(private[-1], dict)
    private[-1]["route_table_id"] = table
    return min(references(table))


def add_ingress_to(type_: str, **rule: Json) -> Mutation:
    """Add an ingress rule to a security group that resources of a type use."""

    def body(document: TerraformJson) -> Body:
        groups = references(at(document, f"resource.{type_}"))
        group = min(each for each in groups if each.startswith("aws_security_group."))
        return {"security_group_id": f"${{{group}.id}}", "ip_protocol": "tcp", **rule}

    return add_resource("aws_vpc_security_group_ingress_rule", body)


def _data_subnet(document: TerraformJson) -> str:
    groups = references(at(document, "resource.aws_db_subnet_group"))
    return min(each for each in groups if each.startswith("aws_subnet."))


def _data_table(document: TerraformJson) -> str:
    associations = at(document, "resource.aws_route_table_association")
    assert isinstance(associations, dict)
    subnet = _data_subnet(document)
    associated = (references(each) for each in associations.values())
    return min(name for names in associated if subnet in names for name in names - {subnet})

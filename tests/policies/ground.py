"""Where in a stack a regression of relations is planted: which subnet holds data, which table it uses."""

from policies.stack import Json, at, references
from tests.policies.planting import Body, Document, NoGroundError, Plant, adding, first


def is_primary(body: Body) -> bool:
    """Tell a database from its read replicas."""
    return not body.get("replicate_source_db")


def has_literal_policy(body: Body) -> bool:
    """Tell a resource whose `policy` is a literal document with statements."""
    return "Statement" in str(body.get("policy"))


def route_from_data(gateway_type: str, attribute: str, *, found_at: Plant) -> Plant:
    """Add a default route out of the databases' subnets, through the first gateway of a type."""

    def body(document: Document) -> Body:
        return {
            "route_table_id": f"${{{_data_table(document)}.id}}",
            "destination_cidr_block": "0.0.0.0/0",
            attribute: f"${{{first(gateway_type)(document)}.id}}",
        }

    return adding("aws_route", body, found_at=found_at)


def public_data_subnet(document: Document) -> str:
    """Give public addresses to what is launched in a subnet with databases."""
    subnet = at(document, f"resource.{_data_subnet(document)}")
    assert isinstance(subnet, dict)
    subnet["map_public_ip_on_launch"] = True
    return first("aws_db_instance", is_primary)(document)


def nat_of_another_zone(document: Document) -> str:
    """Send one zone's private subnet through another zone's NAT gateway."""
    routes = at(document, "resource.aws_route")
    assert isinstance(routes, dict)
    through = [
        body for _, body in sorted(routes.items()) if isinstance(body, dict) and "nat_gateway_id" in body
    ]
    if len(through) < 2:
        raise NoGroundError("fewer than two zones with a NAT gateway")
    through[0]["nat_gateway_id"] = through[-1]["nat_gateway_id"]
    return min(references(through[0]["route_table_id"]))


def ingress_to(type_: str, **rule: Json) -> Plant:
    """Add an ingress rule to a security group of a type of resource."""

    def body(document: Document) -> Body:
        groups = references(at(document, f"resource.{type_}"))
        group = min(each for each in groups if each.startswith("aws_security_group."))
        return {"security_group_id": f"${{{group}.id}}", "ip_protocol": "tcp", **rule}

    return adding("aws_vpc_security_group_ingress_rule", body)


def _data_subnet(document: Document) -> str:
    groups = references(at(document, "resource.aws_db_subnet_group"))
    return min(each for each in groups if each.startswith("aws_subnet."))


def _data_table(document: Document) -> str:
    associations = at(document, "resource.aws_route_table_association")
    assert isinstance(associations, dict)
    subnet = _data_subnet(document)
    associated = (references(each) for each in associations.values())
    return min(name for names in associated if subnet in names for name in names - {subnet})

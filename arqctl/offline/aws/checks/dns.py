"""Checks of Route 53 records."""

import ipaddress
import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_list, as_text, check_exactly_one, make_error
from arqctl.offline.diagnostic import Diagnostic

_HOST = re.compile(r"^(\*|[\w-]{1,63})(\.[\w-]{1,63})*\.?$")
_MX = re.compile(r"^\d{1,5} \S+$")
_SRV = re.compile(r"^\d{1,5} \d{1,5} \d{1,5} \S+$")
_CAA = re.compile(r'^\d{1,3} [a-z0-9]+ "?[^"]*"?$')
_ROUTING = (
    "cidr_routing_policy", "failover_routing_policy", "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "latency_routing_policy", "weighted_routing_policy", "multivalue_answer_routing_policy",
)  # fmt: skip
_MAX_NAME_LENGTH = 255


def check_record_values(record: Resource) -> Iterator[Diagnostic]:
    """Check that each value fits the record's type."""
    kind = record.get_text("type")
    for value in as_list(record.values.get("records")):
        if kind and isinstance(value, str) and not _is_valid_value(kind, value):
            yield make_error(
                "Invalid record value",
                f"records has {value!r}, which is not a valid {kind} value.",
                "records",
            )
    if kind == "CNAME" and len(as_list(record.values.get("records"))) > 1:
        yield make_error(
            "CNAME with several values", "A CNAME record takes one value. Remove the others.", "records"
        )


def check_record_arguments(record: Resource) -> Iterator[Diagnostic]:
    """Check that a record has an alias or values with a TTL, and a routing policy an identifier."""
    alias = record.definitely_set("alias")
    if problem := check_exactly_one(record.values, ("records", "alias")):
        yield make_error("Record needs values or an alias", problem, "records")
    if record.definitely_set("records") and not record.possibly_set("ttl"):
        yield make_error("Record without a TTL", "Set ttl, in seconds.", "ttl")
    if alias and record.definitely_set("ttl"):
        yield make_error("Alias with a TTL", "Remove ttl: an alias uses the TTL of its target.", "ttl")
    routing_policies = [
        name for name in _ROUTING if record.values.get(name) is not False and record.definitely_set(name)
    ]
    if routing_policies and not record.possibly_set("set_identifier"):
        yield make_error("Routing policy without an identifier", "Set set_identifier.", "set_identifier")
    name = record.get_text("name")
    if name and len(name) > _MAX_NAME_LENGTH:
        yield make_error(
            "Record name is too long",
            f"name has {len(name)} characters. Use at most {_MAX_NAME_LENGTH}.",
            "name",
        )


def check_name_conflicts(record: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a CNAME is not the zone's own name, and that no other record has the same name."""
    name, zones = (
        record.get_text("name"),
        planned.resolve_reference("aws_route53_zone", record.values.get("zone_id")),
    )
    zone_names = {(each.get_text("name") or "").rstrip(".").lower() for each in zones}
    if record.get_text("type") == "CNAME" and name is not None and name.rstrip(".").lower() in zone_names:
        yield make_error(
            "CNAME at the zone apex",
            f"name is {name}, which is the zone's own name. Use an alias record.",
            "name",
        )
    for other in planned.find_with_same_key(record, _zone_and_name):
        if _conflicts(record, other):
            yield make_error(
                "Conflicting records",
                f"Another record of the zone has the name {name} and the type {other.get_text('type')}. "
                "Remove one.",
                "name",
            )
            return


def check_alias(record: Resource) -> Iterator[Diagnostic]:
    """Check an alias's record type, and the zone of CloudFront targets."""
    for block in record.get_blocks("alias"):
        target, zone = as_text(block.get("name")), as_text(block.get("zone_id"))
        if target and zone and target.rstrip(".").endswith(".cloudfront.net") and zone != "Z2FDTNDATAQYW2":
            yield make_error(
                "Wrong zone for a CloudFront alias",
                f"alias.zone_id is {zone}. For CloudFront, use Z2FDTNDATAQYW2.",
                "alias",
            )
    if record.definitely_set("alias") and record.get_text("type") in ("NS", "SOA"):
        yield make_error(
            "Record type can't be an alias",
            f"type is {record.get_text('type')}. Use records instead of alias.",
            "type",
        )


def _is_valid_value(type: str, value: str) -> bool:
    if type in ("A", "AAAA"):
        try:
            return ipaddress.ip_address(value).version == (4 if type == "A" else 6)
        except ValueError:
            return False
    forms = {"CNAME": _HOST, "NS": _HOST, "PTR": _HOST, "MX": _MX, "SRV": _SRV, "CAA": _CAA}
    return forms[type].match(value) is not None if type in forms else True


def _zone_and_name(record: Resource) -> tuple[str, str] | None:
    zone, name = record.get_text("zone_id"), record.get_text("name")
    return (zone, name) if zone and name else None


def _conflicts(one: Resource, other: Resource) -> bool:
    if (
        one.possibly_set("set_identifier")
        or other.possibly_set("set_identifier")
        or one.values.get("allow_overwrite") is True
    ):
        return False
    types = {one.get_text("type"), other.get_text("type")}
    return None not in types and (len(types) == 1 or "CNAME" in types)

"""Checks of security group rules and network ACLs: protocols, ports and peers."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import (
    Resource,
    as_text,
    check_exactly_one,
    known_prefix,
    make_error,
    possibly_set,
)
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value

_MAX_PORT = 65535
_ALL_PROTOCOLS = ("-1", "all")
_PROTOCOLS_WITH_PORTS = ("tcp", "udp", "6", "17")
_PEERS = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_LEGACY_SOURCES = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id")
_RULE_ARGUMENTS = ("security_group_id", "ip_protocol", "from_port", "to_port", *_PEERS)


def check_ports(resource: Resource) -> Iterator[Diagnostic]:
    """Check the ports of every rule: the resource's own, or those in its blocks."""
    yield from _check_rule_ports(resource.values, "", resource.type)
    for block in ("ingress", "egress"):
        for each in resource.get_blocks(block):
            yield from _check_rule_ports(each, block, resource.type)


def check_peer(rule: Resource) -> Iterator[Diagnostic]:
    """Check that a rule has exactly one source or destination."""
    if problem := check_exactly_one(rule.values, _PEERS):
        yield make_error("Rule needs exactly one peer", problem)


def check_legacy_peer(rule: Resource) -> Iterator[Diagnostic]:
    """Check that an aws_security_group_rule has a source, and not a group together with others."""
    given = [name for name in _LEGACY_SOURCES if rule.values.get(name) not in (None, False, "", [])]
    if not given:
        yield make_error("Rule without a source", f"Set one of {', '.join(_LEGACY_SOURCES)}.")
    others = [
        name
        for name in _LEGACY_SOURCES[:-1]
        if rule.values.get(name) is not False and rule.definitely_set(name)
    ]
    if rule.definitely_set("source_security_group_id") and others:
        yield make_error(
            "Rule with a group and other sources",
            f"source_security_group_id is set together with {' and '.join(others)}. Write two rules.",
            "source_security_group_id",
        )


def check_duplicate_rules(rule: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that no other rule of the group is the same."""
    if any(_in_same_groups(rule, other, planned) for other in planned.find_with_same_key(rule, _rule_key)):
        yield make_error(
            "Duplicate security group rule",
            "Another rule of the group has the same protocol, ports and peer. Remove one.",
            "security_group_id",
        )


def check_acl_rules(acl: Resource) -> Iterator[Diagnostic]:
    """Check the actions and rule numbers of a network ACL."""
    for block in ("ingress", "egress"):
        for rule in acl.get_blocks(block):
            action = as_text(rule.get("action"))
            if action and action.lower() not in ("allow", "deny"):
                yield make_error("Invalid action", f"action is {action!r}. Use allow or deny.", block)
        numbers = [as_number(each.get("rule_no")) for each in acl.get_blocks(block)]
        known_numbers = [each for each in numbers if each is not None]
        for each in sorted({each for each in known_numbers if known_numbers.count(each) > 1}):
            yield make_error(
                "Duplicate rule number", f"{block} has rule_no {each} twice. Give each rule its own.", block
            )
        for each in known_numbers:
            if not 1 <= each <= 32766:  # noqa: PLR2004 - from the EC2 guide
                yield make_error("Rule number out of range", f"rule_no is {each}. Use 1 to 32766.", block)


def _check_rule_ports(values: Mapping[str, Value], block: str, type: str) -> Iterator[Diagnostic]:
    protocol = as_text(values.get("ip_protocol")) or as_text(values.get("protocol"))
    first, last = as_number(values.get("from_port")), as_number(values.get("to_port"))
    if protocol is None:
        return
    if protocol in _ALL_PROTOCOLS:
        if {first, last} - {None, 0, -1} and not _is_network_acl(type):
            yield make_error(
                "Ports with all protocols",
                f"The protocol is {protocol}, which covers all ports, but ports {first} to {last} are "
                "set. Remove the ports, or set a protocol.",
                block or "from_port",
            )
        return
    if protocol.lower() not in _PROTOCOLS_WITH_PORTS:
        return
    for name, port in (("from_port", first), ("to_port", last)):
        if port is not None and not 0 <= port <= _MAX_PORT:
            yield make_error("Port out of range", f"{name} is {port}. Use 0 to {_MAX_PORT}.", block or name)
    if first is not None and last is not None and first > last:
        yield make_error(
            "Ports out of order",
            f"from_port is {first} and to_port is {last}. Write the lower one first.",
            block or "from_port",
        )
    is_new_type = type.startswith("aws_vpc_security_group_")
    missing = [name for name in ("from_port", "to_port") if is_new_type and not possibly_set(values, name)]
    if missing:
        yield make_error(
            "Rule without ports", f"{' and '.join(missing)} is missing for {protocol}. Set it.", missing[0]
        )


def _is_network_acl(type: str) -> bool:
    return "network_acl" in type


def _rule_key(rule: Resource) -> tuple[str, ...] | None:
    """Return what a rule allows, with predicted references; None if some of it is unknown."""
    key = []
    for name in _RULE_ARGUMENTS:
        value = rule.values.get(name)
        if isinstance(value, Unknown) and not value.prefix:
            return None
        key.append(known_prefix(value) if isinstance(value, Unknown | str) else str(value))
    return tuple(key)


def _in_same_groups(rule: Resource, other: Resource, planned: PlannedResources) -> bool:
    """Return whether both rules definitely refer to the same groups."""
    pairs = [
        (rule.values.get(name), other.values.get(name))
        for name in ("security_group_id", "referenced_security_group_id")
    ]
    return all(
        planned.is_same_resource("aws_security_group", *pair) for pair in pairs if known_prefix(pair[0])
    )

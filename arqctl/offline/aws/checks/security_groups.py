"""Rules of security groups and network ACLs: protocols, ports, and whom they speak of."""

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

_HIGHEST = 65535
_ALL = ("-1", "all")
_PORTED = ("tcp", "udp", "6", "17")
_SOURCES = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_OLD_SOURCES = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id")
_SAYING = ("security_group_id", "ip_protocol", "from_port", "to_port", *_SOURCES)


def check_ports(resource: Resource) -> Iterator[Diagnostic]:
    """Ports of every rule of a resource: its own, or those in its blocks."""
    yield from _check_rule_ports(resource.values, "", resource.type)
    for block in ("ingress", "egress"):
        for each in resource.get_blocks(block):
            yield from _check_rule_ports(each, block, resource.type)


def check_peer(rule: Resource) -> Iterator[Diagnostic]:
    """A rule speaks of exactly one source or destination."""
    if problem := check_exactly_one(rule.values, _SOURCES):
        yield make_error("A rule speaks of exactly one peer", problem)


def check_legacy_peer(rule: Resource) -> Iterator[Diagnostic]:
    """A rule of the older type speaks of a source, and not of itself and another group at once."""
    given = [name for name in _OLD_SOURCES if rule.values.get(name) not in (None, False, "", [])]
    if not given:
        yield make_error("A rule that speaks of nobody", f"Give one of {', '.join(_OLD_SOURCES)}.")
    others = [
        name for name in _OLD_SOURCES[:-1] if rule.values.get(name) is not False and rule.definitely_set(name)
    ]
    if rule.definitely_set("source_security_group_id") and others:
        yield make_error(
            "A rule that speaks of a group and of others",
            f"source_security_group_id is given beside {' and '.join(others)}. Write two rules.",
            "source_security_group_id",
        )


def check_duplicate_rules(rule: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """A group has each rule once."""
    if any(_in_same_groups(rule, other, planned) for other in planned.with_same_key(rule, _rule_key)):
        yield make_error(
            "The same rule twice",
            "Another rule of the group says the same. Leave one out.",
            "security_group_id",
        )


def check_acl_rules(acl: Resource) -> Iterator[Diagnostic]:
    """Rules of a network ACL have numbers of their own, from 1 to 32766, and allow or deny."""
    for block in ("ingress", "egress"):
        for rule in acl.get_blocks(block):
            action = as_text(rule.get("action"))
            if action and action.lower() not in ("allow", "deny"):
                yield make_error(
                    "Neither allowed nor denied", f"action is {action!r}; write allow or deny.", block
                )
        numbers = [as_number(each.get("rule_no")) for each in acl.get_blocks(block)]
        known = [each for each in numbers if each is not None]
        for each in sorted({each for each in known if known.count(each) > 1}):
            yield make_error(
                "Two rules with one number", f"{block} has rule_no {each} twice. Number them apart.", block
            )
        for each in known:
            if not 1 <= each <= 32766:  # noqa: PLR2004 - as the EC2 guide says
                yield make_error(
                    "A rule number that AWS refuses", f"rule_no is {each}; 1 to 32766 are taken.", block
                )


def _check_rule_ports(values: Mapping[str, Value], block: str, type: str) -> Iterator[Diagnostic]:
    protocol = as_text(values.get("ip_protocol")) or as_text(values.get("protocol"))
    first, last = as_number(values.get("from_port")), as_number(values.get("to_port"))
    if protocol is None:
        return
    if protocol in _ALL:
        if {first, last} - {None, 0, -1} and not _is_network_acl(type):
            yield make_error(
                "Ports of all protocols",
                f"The protocol is {protocol}, yet ports {first} to {last} are given. Leave them out, or "
                "name a protocol.",
                block or "from_port",
            )
        return
    if protocol.lower() not in _PORTED:
        return
    for name, port in (("from_port", first), ("to_port", last)):
        if port is not None and not 0 <= port <= _HIGHEST:
            yield make_error(
                "No such port", f"{name} is {port}; ports go from 0 to {_HIGHEST}.", block or name
            )
    if first is not None and last is not None and first > last:
        yield make_error(
            "Ports out of order",
            f"from_port is {first} and to_port {last}. The lower one comes first.",
            block or "from_port",
        )
    new = type.startswith("aws_vpc_security_group_")
    missing = [name for name in ("from_port", "to_port") if new and not possibly_set(values, name)]
    if missing:
        yield make_error(
            "A rule without ports", f"{' and '.join(missing)} is missing for {protocol}.", missing[0]
        )


def _is_network_acl(type: str) -> bool:
    return "network_acl" in type


def _rule_key(rule: Resource) -> tuple[str, ...] | None:
    """What a rule says, with foretold references; None if some of it can't be told."""
    said = []
    for name in _SAYING:
        value = rule.values.get(name)
        if isinstance(value, Unknown) and not value.prefix:
            return None
        said.append(known_prefix(value) if isinstance(value, Unknown | str) else str(value))
    return tuple(said)


def _in_same_groups(rule: Resource, other: Resource, planned: PlannedResources) -> bool:
    """Whether both speak of the same groups: those of equal configuration begin alike."""
    pairs = [
        (rule.values.get(name), other.values.get(name))
        for name in ("security_group_id", "referenced_security_group_id")
    ]
    return all(planned.refer_to_same("aws_security_group", *pair) for pair in pairs if known_prefix(pair[0]))

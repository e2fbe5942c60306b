"""Rules of security groups and network ACLs: protocols, ports, and whom they speak of."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.numbers import number
from arqctl.offline.aws.checks.planned_resources import Registry
from arqctl.offline.aws.checks.resource import (
    Resource,
    beginning,
    may_be_set,
    not_exactly_one,
    refuse,
    text,
)
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value

_HIGHEST = 65535
_ALL = ("-1", "all")
_PORTED = ("tcp", "udp", "6", "17")
_SOURCES = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_OLD_SOURCES = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id")
_SAYING = ("security_group_id", "ip_protocol", "from_port", "to_port", *_SOURCES)


def ports(resource: Resource) -> Iterator[Diagnostic]:
    """Ports of every rule of a resource: its own, or those in its blocks."""
    yield from _ports(resource.values, "", resource.type)
    for block in ("ingress", "egress"):
        for each in resource.blocks(block):
            yield from _ports(each, block, resource.type)


def sources(rule: Resource) -> Iterator[Diagnostic]:
    """A rule speaks of exactly one source or destination."""
    if problem := not_exactly_one(rule.values, _SOURCES):
        yield refuse("A rule speaks of exactly one peer", problem)


def old_sources(rule: Resource) -> Iterator[Diagnostic]:
    """A rule of the older type speaks of a source, and not of itself and another group at once."""
    given = [name for name in _OLD_SOURCES if rule.values.get(name) not in (None, False, "", [])]
    if not given:
        yield refuse("A rule that speaks of nobody", f"Give one of {', '.join(_OLD_SOURCES)}.")
    others = [
        name for name in _OLD_SOURCES[:-1] if rule.values.get(name) is not False and rule.surely_set(name)
    ]
    if rule.surely_set("source_security_group_id") and others:
        yield refuse(
            "A rule that speaks of a group and of others",
            f"source_security_group_id is given beside {' and '.join(others)}. Write two rules.",
            "source_security_group_id",
        )


def rules_apart(rule: Resource, registry: Registry) -> Iterator[Diagnostic]:
    """A group has each rule once."""
    if any(_sure(rule, other, registry) for other in registry.others(rule, _identity)):
        yield refuse(
            "The same rule twice",
            "Another rule of the group says the same. Leave one out.",
            "security_group_id",
        )


def acl_rules(acl: Resource) -> Iterator[Diagnostic]:
    """Rules of a network ACL have numbers of their own, from 1 to 32766, and allow or deny."""
    for block in ("ingress", "egress"):
        for rule in acl.blocks(block):
            action = text(rule.get("action"))
            if action and action.lower() not in ("allow", "deny"):
                yield refuse(
                    "Neither allowed nor denied", f"action is {action!r}; write allow or deny.", block
                )
        numbers = [number(each.get("rule_no")) for each in acl.blocks(block)]
        known = [each for each in numbers if each is not None]
        for each in sorted({each for each in known if known.count(each) > 1}):
            yield refuse(
                "Two rules with one number", f"{block} has rule_no {each} twice. Number them apart.", block
            )
        for each in known:
            if not 1 <= each <= 32766:  # noqa: PLR2004 - as the EC2 guide says
                yield refuse(
                    "A rule number that AWS refuses", f"rule_no is {each}; 1 to 32766 are taken.", block
                )


def _ports(values: Mapping[str, Value], block: str, type: str) -> Iterator[Diagnostic]:
    protocol = text(values.get("ip_protocol")) or text(values.get("protocol"))
    first, last = number(values.get("from_port")), number(values.get("to_port"))
    if protocol is None:
        return
    if protocol in _ALL:
        if {first, last} - {None, 0, -1} and not _acl(type):
            yield refuse(
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
            yield refuse("No such port", f"{name} is {port}; ports go from 0 to {_HIGHEST}.", block or name)
    if first is not None and last is not None and first > last:
        yield refuse(
            "Ports out of order",
            f"from_port is {first} and to_port {last}. The lower one comes first.",
            block or "from_port",
        )
    new = type.startswith("aws_vpc_security_group_")
    missing = [name for name in ("from_port", "to_port") if new and not may_be_set(values, name)]
    if missing:
        yield refuse(
            "A rule without ports", f"{' and '.join(missing)} is missing for {protocol}.", missing[0]
        )


def _acl(type: str) -> bool:
    return "network_acl" in type


def _identity(rule: Resource) -> tuple[str, ...] | None:
    """What a rule says, with foretold references; None if some of it can't be told."""
    said = []
    for name in _SAYING:
        value = rule.values.get(name)
        if isinstance(value, Unknown) and not value.prefix:
            return None
        said.append(beginning(value) if isinstance(value, Unknown | str) else str(value))
    return tuple(said)


def _sure(rule: Resource, other: Resource, registry: Registry) -> bool:
    """Whether both speak of the same groups: those of equal configuration begin alike."""
    pairs = [
        (rule.values.get(name), other.values.get(name))
        for name in ("security_group_id", "referenced_security_group_id")
    ]
    return all(registry.same("aws_security_group", *pair) for pair in pairs if beginning(pair[0]))

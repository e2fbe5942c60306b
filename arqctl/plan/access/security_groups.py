"""Reads rules of security groups and network ACLs, in each form that a rule can have."""

from collections.abc import Iterable, Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.partial_values import PartialValues
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.ports import ports

_IN, _OUT = "in", "out"
_PEERS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "cidr_ipv4", "cidr_ipv6", "prefix_list_id")
_GROUPS = ("security_groups", "referenced_security_group_id", "source_security_group_id")
_DIRECTIONS = {"ingress": _IN, "egress": _OUT}
_NACL_PROTOCOL_ALL = "-1"


def _group(side: ChangeSide) -> Iterator[Permission]:
    """Read a security group with inline rules."""
    for argument, direction in _DIRECTIONS.items():
        if side.values.is_unknown(argument):
            if not side.is_created:  # then the group has no inline rules
                yield _rule_permission(side, side.address, direction, KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY)
            continue
        for rule in side.values.blocks(argument):
            yield from _rule(side, rule, side.address, direction, rule.text("protocol"))


def _lone_rule(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    direction = _DIRECTIONS.get(values.text("type"), KNOWN_AFTER_APPLY)
    group = side.names.group(values.text("security_group_id"))
    yield from _rule(side, values, group, direction, values.text("protocol"))


def _newer_rule(direction: str) -> Reader:
    def read(side: ChangeSide) -> Iterator[Permission]:
        group = side.names.group(side.values.text("security_group_id"))
        yield from _rule(side, side.values, group, direction, side.values.text("ip_protocol"))

    return read


def _rule(
    side: ChangeSide, rule: PartialValues, group: str, direction: str, protocol: str
) -> Iterator[Permission]:
    what = ports(protocol, rule.text("from_port"), rule.text("to_port"))
    for peer in _peers(side, rule, group):
        yield _rule_permission(side, group, direction, peer, what)


def _peers(side: ChangeSide, rule: PartialValues, group: str) -> Iterable[str]:
    """Return the peers of a rule."""
    peers = {peer for argument in _PEERS for peer in rule.texts(argument) if peer}
    if rule.text("self") == "true":
        peers.add(group)
    for argument in _GROUPS:
        # It is not set together with other peers: then AWS chooses it.
        if peers and argument == "source_security_group_id" and rule.is_unknown(argument):
            continue
        peers |= {side.names.group(peer) for peer in rule.texts(argument) if peer}
    return sorted(peers)


def _rule_permission(side: ChangeSide, group: str, direction: str, peer: str, what: str) -> Permission:
    who, on = (peer, group) if direction == _IN else (group, peer)
    return Permission(Kind.SECURITY_GROUP, side.scope(f"group {group}"), who, f"{direction} {what}", on)


def _acl(side: ChangeSide) -> Iterator[Permission]:
    """Read a network ACL with inline rules. A rule is compared by its number, since the order decides."""
    for argument, direction in _DIRECTIONS.items():
        if side.values.is_unknown(argument):
            if not side.is_created:
                yield _acl_entry(side, side.address, direction, PartialValues({}), KNOWN_AFTER_APPLY)
            continue
        for rule in side.values.blocks(argument):
            number = rule.text("rule_no")
            yield _acl_entry(side, side.address, direction, rule, number, rule.text("action"))


def _lone_entry(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    direction = _OUT if values.text("egress") == "true" else _IN
    acl = values.text("network_acl_id")
    yield _acl_entry(side, acl, direction, values, values.text("rule_number"), values.text("rule_action"))


def _acl_entry(
    side: ChangeSide, acl: str, direction: str, rule: PartialValues, number: str, action: str = "allow"
) -> Permission:
    peer = rule.text("cidr_block") or rule.text("ipv6_cidr_block") or KNOWN_AFTER_APPLY
    protocol = rule.text("protocol") or _NACL_PROTOCOL_ALL
    first, last = (
        (rule.text("icmp_type"), rule.text("icmp_code"))
        if protocol in ("1", "58", "icmp")
        else (rule.text("from_port"), rule.text("to_port"))
    )
    who, on = (peer, acl) if direction == _IN else (acl, peer)
    return Permission(
        kind=Kind.NETWORK_ACL,
        scope=side.scope(f"{acl} {number}"),
        who=who,
        what=f"{direction} {ports(protocol, first, last)}",
        on=on,
        condition=frozenset({("", "rule number", frozenset({number}))}),
        is_denial=action.lower() == "deny",
    )


READERS: dict[str, Reader] = {
    "aws_security_group": _group,
    "aws_default_security_group": _group,
    "aws_security_group_rule": _lone_rule,
    "aws_vpc_security_group_ingress_rule": _newer_rule(_IN),
    "aws_vpc_security_group_egress_rule": _newer_rule(_OUT),
    "aws_network_acl": _acl,
    "aws_default_network_acl": _acl,
    "aws_network_acl_rule": _lone_entry,
}

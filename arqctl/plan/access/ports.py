"""Formats protocols and ports, such as `tcp 443` or `all traffic`, and compares them."""

import re
from functools import lru_cache

from arqctl.core.json_access import KNOWN_AFTER_APPLY

ALL_TRAFFIC = "all traffic"
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_PORTS = ("0", "65535")
_SPAN = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def ports(protocol: str, first: str, last: str) -> str:
    """Return a rule's protocol and ports, or the protocol alone if it has no ports."""
    if KNOWN_AFTER_APPLY in (protocol, first, last):
        return KNOWN_AFTER_APPLY
    name = _PROTOCOLS.get(protocol, protocol.lower())
    if name in ("-1", "all"):
        return ALL_TRAFFIC
    if name.startswith("icmp"):
        return name if first in ("-1", "") else f"{name} type {first} code {last}"
    if (first, last) == _PORTS or not first:
        return name
    return f"{name} {first}" if first == last else f"{name} {first}-{last}"


def ports_subsume(wide: str, narrow: str) -> bool:
    """Return whether `wide` allows all traffic that `narrow` does, in the same direction."""
    if wide == narrow:
        return True
    one, other = _parsed(wide), _parsed(narrow)
    if one[0] != other[0] or one[1] not in (ALL_TRAFFIC, other[1]):
        return False
    return one[1] == ALL_TRAFFIC or (one[2] <= other[2] and other[3] <= one[3])


def is_span(text: str) -> bool:
    """Return whether it covers more than one port."""
    _, _, first, last = _parsed(text)
    return first != last


@lru_cache(maxsize=16384)
def _parsed(text: str) -> tuple[str, str, int, int]:
    """Return the direction, the protocol, the first and the last port."""
    direction, _, rest = text.partition(" ")
    if rest == ALL_TRAFFIC:
        return direction, ALL_TRAFFIC, 0, 65535
    protocol, _, span = rest.partition(" ")
    if not span:
        return direction, protocol, 0, 65535
    found = _SPAN.fullmatch(span)
    if not found:
        return direction, rest, 0, 0
    first, last = found.groups()
    return direction, protocol, int(first), int(last or first)

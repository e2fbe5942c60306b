"""Decides whether one permission includes another. An unknown permission includes nothing."""

import re
from functools import lru_cache
from ipaddress import ip_network

from arqctl.plan.access.permission import Condition, Kind, Permission
from arqctl.plan.access.ports import is_span, ports_subsume

ALL_BUT = "all but "
_NETWORK = (Kind.SECURITY_GROUP, Kind.NETWORK_ACL, Kind.ENDPOINT)
_ARN_PARTS = 6
# Operators by which more values allow more.
_POSITIVE = re.compile(
    r"(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress|numericequals|bool)(ifexists)?", re.I
)


def subsumes(wide: Permission, narrow: Permission) -> bool:
    """Return whether `wide` allows everything that `narrow` does.

    Both are decided, of one kind and scope, and both deny or both don't.
    """
    if wide.kind in _NETWORK:
        fields = (
            ports_subsume(wide.what, narrow.what)
            and _cidr_covers(wide.who, narrow.who)
            and _cidr_covers(wide.on, narrow.on)
        )
    else:
        fields = (
            wide.who in ("*", narrow.who)
            and _glob_covers(wide.what.lower(), narrow.what.lower())
            and _glob_covers(wide.on, narrow.on)
        )
    return fields and _condition_covers(wide.condition, narrow.condition)


def is_wide(permission: Permission) -> bool:
    """Return whether it can include permissions with another bucket key."""
    if permission.kind in _NETWORK:
        return is_span(permission.what)
    return any("*" in text or "?" in text for text in (permission.who, permission.what, permission.on))


def bucket_key(permission: Permission) -> tuple[str, ...]:
    """Return the fields that a narrow permission shares with all permissions that it can include."""
    if permission.kind in _NETWORK:
        return (permission.what,)
    return permission.who, permission.what.lower(), permission.on


@lru_cache(maxsize=65536)
def _glob_covers(wide: str, narrow: str) -> bool:
    """Compare patterns as IAM does: a wildcard in an ARN doesn't match a colon."""
    if wide in ("*", narrow):
        return True
    if ALL_BUT in wide or ALL_BUT in narrow or not ("*" in wide or "?" in wide):
        return False
    if wide.startswith("arn:") or narrow.startswith("arn:"):
        parts = list(zip(wide.split(":", _ARN_PARTS - 1), narrow.split(":", _ARN_PARTS - 1), strict=False))
        return len(parts) == _ARN_PARTS and all(_pattern(one).fullmatch(other) for one, other in parts)
    return _pattern(wide).fullmatch(narrow) is not None


@lru_cache(maxsize=16384)
def _pattern(glob: str) -> re.Pattern[str]:
    """Translate a pattern: `*` matches anything, including `*`; `?` doesn't match `*`."""
    translated = (".*" if each == "*" else "[^*]" if each == "?" else re.escape(each) for each in glob)
    return re.compile("".join(translated), re.DOTALL)


def _condition_covers(wide: Condition, narrow: Condition) -> bool:
    """Return whether the narrow condition has each clause of the wide one, or a narrower one."""
    return all(clause in narrow or _is_wider(clause, narrow) for clause in wide)


def _is_wider(clause: tuple[str, str, frozenset[str]], condition: Condition) -> bool:
    operator, key, values = clause
    return _POSITIVE.fullmatch(operator) is not None and any(
        (operator, key) == (other, at) and values >= fewer for other, at, fewer in condition
    )


def _cidr_covers(wide: str, narrow: str) -> bool:
    if wide == narrow:
        return True
    one, other = _range(wide), _range(narrow)
    if one is None or other is None:
        return False
    return one[0] == other[0] and one[1] <= other[1] and other[2] <= one[2]


@lru_cache(maxsize=16384)
def _range(cidr: str) -> tuple[int, int, int] | None:
    """Return a CIDR's version and its first and last address, or None if it is no CIDR."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)

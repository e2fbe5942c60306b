"""Compares single values and formats them, redacted."""

import json
from decimal import Decimal

from arqctl.core.json_access import Body, Json
from arqctl.plan.diff.texts import decode_base64, parse_json
from arqctl.plan.diff.value_pair import ValuePair, is_absent
from arqctl.plan.redact.redact import SECRET, is_secret_value, redact

# Each text within a text doubles its backslashes, so deeper nesting doesn't occur.
_MOST_WITHIN = 3


def is_equal(one: Json, other: Json) -> bool:
    """Return whether two values are equal to Terraform: true is not 1, 1 is 1.0, and null is []."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(is_equal_under(name, one, other) for name in one.keys() | other.keys())
    return one == other or (is_absent(one) and is_absent(other))


def is_equal_under(name: str, one: Body, other: Body) -> bool:
    """Return whether two blocks have equal values for a name. If both have it, "" equals null."""
    values = one.get(name), other.get(name)
    return is_equal(*values) or (name in one and name in other and values in ((None, ""), ("", None)))


def canonical(value: Json) -> str:
    """Return a text that is equal for equal values, as a key."""
    return value if isinstance(value, str) else f"\0{json.dumps(value, sort_keys=True)}"


def plain_text(value: Json) -> str:
    """Return a value as text, unredacted; a number has no exponent and no trailing zeros."""
    match value:
        case None:
            return "null"
        case str():
            return value or '""'
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            exact = format(Decimal(repr(value)), "f")
            return exact.rstrip("0").rstrip(".") if "." in exact else exact
        case _:
            return json.dumps(value, sort_keys=True, ensure_ascii=False)


def display_text(value: Json, name: str, *, is_secret: bool) -> str:
    """Return a value without parts as text, redacted."""
    if is_secret and is_secret_value(value):
        return SECRET
    if isinstance(value, str):
        decoded = decode_base64(value)
        if decoded is not None:
            return redact(decoded, name) if "\n" in decoded else SECRET
    return redact(plain_text(value), name)


def parse_document(value: Json, pair: ValuePair) -> Json:
    """Return the parsed JSON of a text, or None if it has none or is nested in too many texts."""
    return parse_json(value) if isinstance(value, str) and pair.within < _MOST_WITHIN else None

"""Reads arguments for pricing. An expression has an unknown value."""

from decimal import Decimal, InvalidOperation
from typing import Final

from arqctl.core.json_access import Body, Json


class Unknown:
    """Type of `UNKNOWN`, a value that only Terraform knows."""


UNKNOWN: Final = Unknown()


def is_expression(value: Json) -> bool:
    """Return whether Terraform computes the value."""
    return isinstance(value, str) and "${" in value


def read_number(values: Body, name: str, default: int | None = None) -> Decimal | None:
    """Return a number, or the default if it isn't set; None if it is unknown."""
    value = values.get(name)
    if value is None:
        return None if default is None else Decimal(default)
    if isinstance(value, bool | dict | list) or is_expression(value):
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def read_text(values: Body, name: str, default: str = "") -> str:
    """Return a string, or the default if it isn't set; "" if it is unknown."""
    value = values.get(name)
    if value is None:
        return default
    return value if isinstance(value, str) and not is_expression(value) else ""


def read_flag(values: Body, name: str, *, default: bool = False) -> bool | Unknown:
    """Return a boolean, which Terraform may write as "true" or "false"; `UNKNOWN` if it is unknown."""
    value = values.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value, UNKNOWN) if isinstance(value, str) else UNKNOWN


def read_blocks(values: Body, name: str) -> tuple[Body, ...] | Unknown:
    """Return the nested blocks of a name, one object or a list; `UNKNOWN` if Terraform generates them."""
    value = values.get(name)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    found = tuple(each for each in listed if isinstance(each, dict))
    return found if len(found) == len(listed) else UNKNOWN


def read_block(values: Body, name: str) -> Body:
    """Return the first nested block of a name; an empty one if there is none or it is unknown."""
    found = read_blocks(values, name)
    return found[0] if isinstance(found, tuple) and found else {}


def count_elements(values: Body, name: str) -> Decimal | None:
    """Return the length of a list; None if the list is an expression. Its elements may be expressions."""
    value = values.get(name)
    if value is None:
        return Decimal(0)
    return Decimal(len(value)) if isinstance(value, list) else None

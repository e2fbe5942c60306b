"""Reading arguments for pricing: an expression is never a number, a word or a list, but unknown."""

from decimal import Decimal, InvalidOperation
from typing import Final

from arqctl.core.assembly import Body, Json


class Unknown:
    """What a value is that nobody can know by reading. There is one, `UNKNOWABLE`."""


UNKNOWABLE: Final = Unknown()


def is_expression(value: Json) -> bool:
    """Whether a value is made by Terraform, so that it isn't what stands there."""
    return isinstance(value, str) and "${" in value


def number(values: Body, name: str, default: int | None = None) -> Decimal | None:
    """A number, or the default where it isn't given; None where that isn't known."""
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


def text(values: Body, name: str, default: str = "") -> str:
    """A word, or the default where it isn't given; "" where that isn't known."""
    value = values.get(name)
    if value is None:
        return default
    return value if isinstance(value, str) and not is_expression(value) else ""


def flag(values: Body, name: str, *, default: bool = False) -> bool | Unknown:
    """A yes or no; some of Terraform's are the words "true" and "false"."""
    value = values.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value, UNKNOWABLE) if isinstance(value, str) else UNKNOWABLE


def blocks(values: Body, name: str) -> tuple[Body, ...] | Unknown:
    """The nested blocks of a name, be they one object or a list; `UNKNOWABLE` where Terraform makes them."""
    value = values.get(name)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    found = tuple(each for each in listed if isinstance(each, dict))
    return found if len(found) == len(listed) else UNKNOWABLE


def block(values: Body, name: str) -> Body:
    """The first nested block of a name; none where it isn't given or can't be known."""
    found = blocks(values, name)
    return found[0] if isinstance(found, tuple) and found else {}


def count(values: Body, name: str) -> Decimal | None:
    """How many elements a list has; an element may be an expression, the list may not."""
    value = values.get(name)
    if value is None:
        return Decimal(0)
    return Decimal(len(value)) if isinstance(value, list) else None

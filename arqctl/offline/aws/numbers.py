"""Numbers as Terraform hands them on: whole, with a fraction, or written as a text."""

from decimal import Decimal

from arqctl.offline.values import Value

Number = int | float | Decimal


def as_number(value: Value) -> Number | None:
    """A known number, also where it is written as a text; None otherwise."""
    if isinstance(value, str):
        try:
            parsed = Decimal(value)
        except ArithmeticError:
            return None
        return parsed if parsed.is_finite() else None
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def as_int(value: Value, default: int) -> int:
    """A known number as an integer; the default otherwise."""
    found = as_number(value)
    return default if found is None else int(found)

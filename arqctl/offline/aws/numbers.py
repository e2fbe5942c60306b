"""Numbers as Terraform passes them: int, float, Decimal or string."""

from decimal import Decimal

from arqctl.offline.values import Value

Number = int | float | Decimal


def as_number(value: Value) -> Number | None:
    """Return a known number, also from a string, else None."""
    if isinstance(value, str):
        try:
            parsed = Decimal(value)
        except ArithmeticError:
            return None
        return parsed if parsed.is_finite() else None
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def as_int(value: Value, default: int) -> int:
    """Return a known number as an integer, else the default."""
    found = as_number(value)
    return default if found is None else int(found)

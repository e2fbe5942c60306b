"""Terraform's values: JSON values and unknowns.

Lists, sets and tuples are Python lists, maps and objects dicts, and null is None. The schema distinguishes
them.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known after apply.

    `prefix` is the known beginning of its text, or "". Terraform passes it to every reference, so a subnet's
    plan contains the predicted id of its network. A value with a prefix is not null.
    """

    prefix: str = ""
    not_null: bool = False


UNKNOWN = Unknown()

Value = None | bool | int | float | Decimal | str | Unknown | list["Value"] | dict[str, "Value"]

# The path to a part of a value: names of attributes and blocks, keys of maps, indexes of lists. Elements of
# sets have no path of their own: it ends at the set.
Path = tuple[str | int, ...]


def is_known(value: Value) -> bool:
    """Return whether a value contains no unknown."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, list):
        return all(map(is_known, value))
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return True

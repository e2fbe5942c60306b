"""Values as Terraform has them: what JSON has, and what is known only after apply.

Lists, sets and tuples are Python lists, maps and objects dicts, null is None. The schema tells them apart.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known after apply.

    `prefix` is how its text will surely begin, and "" where nothing is known: Terraform hands it on to
    whatever refers to the value, so that a subnet is told its network already while both are planned. With a
    prefix, the value will not be null either.
    """

    prefix: str = ""
    not_null: bool = False


UNKNOWN = Unknown()

Value = None | bool | int | float | Decimal | str | Unknown | list["Value"] | dict[str, "Value"]

# Where something stands in a value: names of attributes and blocks, keys of maps, numbers in lists. Elements
# of sets have no path of their own: it ends at the set.
Path = tuple[str | int, ...]


def is_known(value: Value) -> bool:
    """Whether nothing in it is known only after apply."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, list):
        return all(map(is_known, value))
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return True

"""Types and accessors for JSON of any shape, and the text for a value that isn't known yet."""

from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Body: TypeAlias = "dict[str, Json]"

KNOWN_AFTER_APPLY = "(known after apply)"
"""Terraform's own words for a value that only an apply will show."""


def as_object(value: object) -> Body:
    """Return the object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return the list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def as_text(value: Json) -> str:
    """Return the text, or an empty one for anything else."""
    return value if isinstance(value, str) else ""


def nesting_depth(value: Json) -> int:
    """Return how many lists and objects lie within each other; 0 for a plain value."""
    depth, level = 0, _parts(value)
    while level is not None:
        depth += 1
        below = [parts for part in level if (parts := _parts(part)) is not None]
        level = [part for parts in below for part in parts] if below else None
    return depth


def _parts(value: Json) -> list[Json] | None:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else None

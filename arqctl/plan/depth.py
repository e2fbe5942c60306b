"""How deep values are nested: what compares them goes down by calling itself."""

from arqctl.core.assembly import Json


def depth(value: Json) -> int:
    """How many lists and objects lie within each other; 0 for a plain value."""
    found, level = 0, _parts(value)
    while level is not None:
        found += 1
        below = [parts for part in level if (parts := _parts(part)) is not None]
        level = [part for parts in below for part in parts] if below else None
    return found


def _parts(value: Json) -> list[Json] | None:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else None

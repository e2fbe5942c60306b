"""Values as texts: numbers as Terraform prints them, secrets masked, blocks by line."""

import json
from collections.abc import Iterator
from decimal import Decimal

from arqctl.assembly import Json
from arqctl.review.differences.pair import Pair, is_nothing, is_unknown, list_of, object_of
from arqctl.review.differences.texts import decoded, parsed
from arqctl.review.masking import SECRET, hide, is_secret_value

UNKNOWN = "(known after apply)"


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal to Terraform: true is not 1, but 1 is 1.0, and no value is null or []."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(name), other.get(name)) for name in one.keys() | other.keys())
    return one == other or (is_nothing(one) and is_nothing(other))


def plain(value: Json) -> str:
    """A value as text, unmasked: a text as it is, a number without exponent or needless zeros."""
    match value:
        case None:
            return "null"
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            exact = format(Decimal(repr(value)), "f")
            return exact.rstrip("0").rstrip(".") if "." in exact else exact
        case _:
            return json.dumps(value, sort_keys=True, ensure_ascii=False)


def told(value: Json, name: str, *, is_secret: bool) -> str:
    """A value without parts, as it may be shown."""
    if is_secret and is_secret_value(value):
        return SECRET
    if isinstance(value, str):
        said = decoded(value)
        if said is not None:
            return hide(said, name) if "\n" in said else SECRET
    return hide(plain(value), name)


def leaves(pair: Pair, *, of_after: bool) -> Iterator[tuple[str, str]]:
    """Every value of a block with its path below the block, masked: what is added or removed with it."""
    yield from _leaves(pair, "", of_after=of_after)


def _leaves(pair: Pair, path: str, *, of_after: bool) -> Iterator[tuple[str, str]]:
    value = pair.after if of_after else pair.before
    unknown = pair.unknown if of_after else False
    mask = pair.after_mask if of_after else pair.before_mask
    if unknown is True:
        yield path, UNKNOWN
    elif is_nothing(value) and not is_unknown(unknown):
        return
    elif mask is True:
        yield path, SECRET
    elif isinstance(value, dict):
        for name in sorted(value.keys() | object_of(unknown).keys()):
            yield from _leaves(pair.child(name), f"{path}.{name}" if path else name, of_after=of_after)
    elif isinstance(value, list):
        for at in range(max(len(value), len(list_of(unknown)))):
            element = pair.element(None if of_after else at, at if of_after else None, "")
            yield from _leaves(element, path if len(value) == 1 else f"{path}[{at}]", of_after=of_after)
    else:
        said = parsed(value) if isinstance(value, str) else None
        if said is None:
            yield path, told(value, pair.name, is_secret=pair.is_secret)
        else:
            inner = Pair(pair.path, pair.name, said, said, is_secret=pair.is_secret)
            yield from _leaves(inner, path, of_after=of_after)

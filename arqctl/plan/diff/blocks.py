"""Formats a block or list that is added or removed as a whole."""

from collections.abc import Iterator

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json, as_list, as_object
from arqctl.plan.diff.elements import is_plain
from arqctl.plan.diff.texts import one_line, shorten
from arqctl.plan.diff.value_pair import ValuePair, is_absent
from arqctl.plan.diff.values import display_text, parse_document, plain_text
from arqctl.plan.redact.redact import SECRET

EMPTY = "(empty)"
"""A block without arguments, which differs from no block."""
_LONGEST_LEAF = 80


def block(pair: ValuePair, *, of_after: bool) -> list[str]:
    """Return every value of a block, by its path below the block."""
    return [f"{path} = {text}" if path else text for path, text in _leaves(pair, "", of_after=of_after)]


def elements(pair: ValuePair, *, of_after: bool) -> list[str]:
    """Return each element of a list of plain values."""
    found = []
    for at in range(pair.length if of_after else len(as_list(pair.before))):
        element = pair.element(None if of_after else at, at if of_after else None, "")
        texts = [text for _, text in _leaves(element, "", of_after=of_after)]
        found.append(", ".join(texts) or plain_text(None))
    return found


def _leaves(pair: ValuePair, path: str, *, of_after: bool) -> Iterator[tuple[str, str]]:
    """Yield every value with its path below the block."""
    value = pair.after if of_after else pair.before
    unknown = pair.unknown if of_after else False
    shape = unknown if is_absent(value) else value
    if unknown is True:
        yield path, KNOWN_AFTER_APPLY
    elif is_absent(shape):
        return
    elif (pair.after_mask if of_after else pair.before_mask) is True:
        yield path, SECRET
    elif isinstance(shape, dict):
        for name in sorted(as_object(value).keys() | as_object(unknown).keys()):
            child = pair.child(name)
            below = child.path.removeprefix(pair.path).removeprefix(".")
            yield from _leaves(child, f"{path}.{below}" if path else below, of_after=of_after)
    elif isinstance(shape, list):
        yield from _of_list(pair, path, of_after=of_after)
    elif not is_absent(value):
        yield from _of_plain(pair, value, path)


def _of_list(pair: ValuePair, path: str, *, of_after: bool) -> Iterator[tuple[str, str]]:
    values = as_list(pair.after if of_after else pair.before)
    length = pair.length if of_after else len(values)
    if is_plain(values):
        yield path, ", ".join(elements(pair, of_after=of_after))
        return
    for at in range(length):
        element = pair.element(None if of_after else at, at if of_after else None, "")
        below = path if length == 1 else f"{path}[{at}]"
        yield from list(_leaves(element, below, of_after=of_after)) or [(below, EMPTY)]


def _of_plain(pair: ValuePair, value: Json, path: str) -> Iterator[tuple[str, str]]:
    parsed_pair = parse_document(value, pair)
    if parsed_pair is None:
        yield path, shorten(one_line(display_text(value, pair.name, is_secret=pair.is_secret)), _LONGEST_LEAF)
    else:
        yield from _leaves(
            pair.parsed_pair(parsed_pair, parsed_pair, is_unordered=False), path, of_after=True
        )

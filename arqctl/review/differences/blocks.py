"""What is added or removed as a whole, as text: a block by its leaves, a list of plain values by each."""

from collections.abc import Iterator

from arqctl.assembly import Json
from arqctl.review.differences.elements import is_plain
from arqctl.review.differences.pair import Pair, is_marked, is_nothing, list_of, object_of
from arqctl.review.differences.texts import one_line, shorten
from arqctl.review.differences.values import UNKNOWN, document, plain, told
from arqctl.review.masking import SECRET

_LONGEST_LEAF = 80


def block(pair: Pair, *, of_after: bool) -> list[str]:
    """Every value of a block, by its path below the block."""
    return [f"{path} = {text}" if path else text for path, text in _leaves(pair, "", of_after=of_after)]


def elements(pair: Pair, *, of_after: bool) -> list[str]:
    """Each element of a list of plain values."""
    found = []
    for at in range(len(list_of(pair.after if of_after else pair.before))):
        element = pair.element(None if of_after else at, at if of_after else None, "")
        texts = [text for _, text in _leaves(element, "", of_after=of_after)]
        found.append(", ".join(texts) or plain(None))
    return found


def _leaves(pair: Pair, path: str, *, of_after: bool) -> Iterator[tuple[str, str]]:
    """Every value with its path below the block."""
    value = pair.after if of_after else pair.before
    unknown = pair.unknown if of_after else False
    mask = pair.after_mask if of_after else pair.before_mask
    if unknown is True:
        yield path, UNKNOWN
    elif is_nothing(value) and not is_marked(unknown):
        return
    elif mask is True:
        yield path, SECRET
    elif isinstance(value, dict):
        for name in sorted(value.keys() | object_of(unknown).keys()):
            child = pair.child(name)
            below = child.path.removeprefix(pair.path).removeprefix(".")
            yield from _leaves(child, f"{path}.{below}" if path else below, of_after=of_after)
    elif isinstance(value, list):
        yield from _of_list(pair, value, path, of_after=of_after)
    else:
        said = document(value, pair)
        if said is None:
            text = one_line(told(value, pair.name, is_secret=pair.is_secret))
            yield path, shorten(text, _LONGEST_LEAF)
        else:
            yield from _leaves(pair.said(said, said, is_unordered=False), path, of_after=of_after)


def _of_list(pair: Pair, value: list[Json], path: str, *, of_after: bool) -> Iterator[tuple[str, str]]:
    if is_plain(value):
        yield path, ", ".join(elements(pair, of_after=of_after))
        return
    for at in range(len(value)):
        element = pair.element(None if of_after else at, at if of_after else None, "")
        yield from _leaves(element, path if len(value) == 1 else f"{path}[{at}]", of_after=of_after)

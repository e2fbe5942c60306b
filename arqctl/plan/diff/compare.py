"""Compares two values part by part, in the way that suits what they are, and tells what differs, masked."""

import json
from collections.abc import Callable, Iterator

from arqctl.core.assembly import Json
from arqctl.plan.diff.blocks import EMPTY, block, elements
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.diff.elements import changed_elements, is_plain
from arqctl.plan.diff.matching import Match, is_reordered, matched
from arqctl.plan.diff.policies import is_policy, normal
from arqctl.plan.diff.rows import of_parts, of_secret, of_unknown, row
from arqctl.plan.diff.texts import decoded, line_differences, one_line, shorten_both
from arqctl.plan.diff.value_pair import Pair, is_marked, is_nothing, list_of, object_of
from arqctl.plan.diff.values import document, plain, same, same_under
from arqctl.plan.redact.redact import hide_both, is_secret_value

REORDERED = "(the order differs)"
_AS_IT_WAS, _REWRITTEN, _LINE_ENDS = "(as it was)", "(the same, written otherwise)", "(only line ends differ)"


def compare(pair: Pair) -> Iterator[Difference]:
    """Everything that differs at a place or below it. Nothing where both values say the same."""
    if pair.unknown is True:
        yield of_unknown(pair)
    elif is_marked(pair.unknown) or not same(pair.before, pair.after):
        found = [of_secret(pair)] if pair.is_masked else list(_differing(pair))
        if not found and () in pair.forcing:
            found = [row(pair, _AS_IT_WAS, _REWRITTEN)]
        yield from found


def _differing(pair: Pair) -> Iterator[Difference]:
    values = [value for value in (pair.before, pair.after) if not is_nothing(value)]
    if not values:
        values = [pair.unknown]
    if all(isinstance(value, list) for value in values):
        return _lists(pair)
    if all(isinstance(value, str) for value in values):
        return _texts(pair)
    is_all = len(values) > 1 or not pair.path
    if is_all and all(isinstance(value, dict) for value in values):
        return _objects(pair)
    return _wholes(pair) if not is_plain(values) else _scalars(pair)


def _objects(pair: Pair) -> Iterator[Difference]:
    before, after, unknown = object_of(pair.before), object_of(pair.after), object_of(pair.unknown)
    for name in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(name) or not same_under(name, before, after):
            yield from compare(pair.child(name))


def _lists(pair: Pair) -> Iterator[Difference]:
    if is_plain((*list_of(pair.before), *list_of(pair.after))):
        yield from _plain_lists(pair)
        return
    matches = matched(pair)
    for match in matches:
        yield from _elements(pair.element(match.before_at, match.after_at, match.label), match)
    if is_reordered(matches) and not pair.is_unordered:
        yield row(pair, "", REORDERED)


def _elements(pair: Pair, match: Match) -> Iterator[Difference]:
    """Two elements. One that is empty differs from none."""
    found = list(compare(pair))
    if not found and match.before_at is None:
        found = [row(pair, "", EMPTY, kind=Kind.ADDED)]
    elif not found and match.after_at is None:
        found = [row(pair, EMPTY, "", kind=Kind.REMOVED)]
    yield from found


def _plain_lists(pair: Pair) -> Iterator[Difference]:
    changed = changed_elements(pair)
    if len(changed.removed) == len(changed.added) == 1:
        yield from compare(pair.element(changed.removed[0], changed.added[0], ""))
    elif changed.removed or changed.added:
        old, new = elements(pair, of_after=False), elements(pair, of_after=True)
        yield of_parts(pair, [old[at] for at in changed.removed], [new[at] for at in changed.added])
    if changed.is_reordered and not pair.is_unordered:
        yield row(pair, "", REORDERED)


def _wholes(pair: Pair) -> Iterator[Difference]:
    """A block that comes or goes, or takes the place of something else."""
    yield of_parts(pair, block(pair, of_after=False), block(pair, of_after=True))


def _texts(pair: Pair) -> Iterator[Difference]:
    before, after = _text(pair.before), _text(pair.after)
    documents = _both(lambda text: document(text, pair), before, after)
    if documents:
        yield from _documents(pair, *documents)
    elif pair.is_secret and (is_secret_value(pair.before) or is_secret_value(pair.after)):
        yield of_secret(pair)
    elif said := _both(decoded, before, after):
        yield from _encoded(pair, *map(_text, said))
    elif "\n" in before or "\n" in after:
        yield _lines(pair, before, after)
    else:
        yield from _scalars(pair)


def _both(read: Callable[[str], Json], before: str, after: str) -> tuple[Json, Json] | None:
    """What both texts say, None for an empty one. Nothing if there is one that can't be read so."""
    one, other = (read(text) if text else None for text in (before, after))
    is_read = (one is not None or not before) and (other is not None or not after)
    return (one, other) if is_read and (before or after) else None


def _documents(pair: Pair, before: Json, after: Json) -> Iterator[Difference]:
    """By part. Where there was no document, all of its parts are new."""
    empty: Json = [] if isinstance(before or after, list) else {}
    said = pair.said(
        normal(empty if before is None else before),
        normal(empty if after is None else after),
        is_unordered=is_policy(before) or is_policy(after),
    )
    if isinstance(said.before, dict) and isinstance(said.after, dict):
        yield from _objects(said)
    else:
        yield from compare(said)


def _encoded(pair: Pair, before: str, after: str) -> Iterator[Difference]:
    """Texts in base64. One of a single line is more often a password than a script."""
    if before != after:
        yield _lines(pair, before, after) if "\n" in before or "\n" in after else of_secret(pair)


def _lines(pair: Pair, before: str, after: str) -> Difference:
    old, new = hide_both(before, after, pair.name)
    lines = line_differences(old, new)
    return row(pair, _AS_IT_WAS, _LINE_ENDS) if not lines and old != new else row(pair, "", "", lines=lines)


def _scalars(pair: Pair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    if pair.is_secret and (is_secret_value(before) or is_secret_value(after)):
        yield of_secret(pair)
    else:
        old, new = hide_both(_spelled(before, after), _spelled(after, before), pair.name)
        yield row(pair, *map(one_line, shorten_both(old, new)))


def _spelled(value: Json, other: Json) -> str:
    """Nothing as nothing; a text in quotes only where a number or a switch could be meant."""
    if value is None:
        return ""
    is_alike = other is None or isinstance(value, str) == isinstance(other, str)
    return plain(value) if is_alike else json.dumps(value)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""

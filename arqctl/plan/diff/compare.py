"""Compares two values part by part and yields redacted differences."""

import json
from collections.abc import Callable, Iterator

from arqctl.core.json_access import Json, as_list, as_object, as_text
from arqctl.plan.diff.blocks import EMPTY, block, elements
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.diff.elements import changed_elements, is_plain
from arqctl.plan.diff.matching import Match, is_reordered, match_elements
from arqctl.plan.diff.policies import is_policy, normalize_policy
from arqctl.plan.diff.rows import parts_row, row, secret_row, unknown_row
from arqctl.plan.diff.texts import decode_base64, line_differences, one_line, shorten_both
from arqctl.plan.diff.value_pair import ValuePair, is_absent, is_marked
from arqctl.plan.diff.values import is_equal, is_equal_under, parse_document, plain_text
from arqctl.plan.redact.redact import is_secret_value, redact_pair

REORDERED = "(the order differs)"
_AS_IT_WAS, _REWRITTEN, _LINE_ENDS = "(before)", "(an equivalent value)", "(only line ends differ)"


def compare(pair: ValuePair) -> Iterator[Difference]:
    """Yield everything that differs at a place or below it."""
    if pair.unknown is True:
        yield unknown_row(pair)
    elif is_marked(pair.unknown) or not is_equal(pair.before, pair.after):
        found = [secret_row(pair)] if pair.is_masked else list(_differing(pair))
        if not found and () in pair.forcing:
            found = [row(pair, _AS_IT_WAS, _REWRITTEN)]
        yield from found


def _differing(pair: ValuePair) -> Iterator[Difference]:
    values = [value for value in (pair.before, pair.after) if not is_absent(value)]
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


def _objects(pair: ValuePair) -> Iterator[Difference]:
    before, after, unknown = as_object(pair.before), as_object(pair.after), as_object(pair.unknown)
    for name in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(name) or not is_equal_under(name, before, after):
            yield from compare(pair.child(name))


def _lists(pair: ValuePair) -> Iterator[Difference]:
    if is_plain((*as_list(pair.before), *as_list(pair.after))):
        yield from _plain_lists(pair)
        return
    matches = match_elements(pair)
    for match in matches:
        yield from _elements(pair.element(match.before_at, match.after_at, match.label), match)
    if is_reordered(matches) and not pair.is_unordered:
        yield row(pair, "", REORDERED)


def _elements(pair: ValuePair, match: Match) -> Iterator[Difference]:
    """Compare two elements. An empty element differs from none."""
    found = list(compare(pair))
    if not found and match.before_at is None:
        found = [row(pair, "", EMPTY, kind=Kind.ADDED)]
    elif not found and match.after_at is None:
        found = [row(pair, EMPTY, "", kind=Kind.REMOVED)]
    yield from found


def _plain_lists(pair: ValuePair) -> Iterator[Difference]:
    changed = changed_elements(pair)
    if len(changed.removed) == len(changed.added) == 1:
        yield from compare(pair.element(changed.removed[0], changed.added[0], ""))
    elif changed.removed or changed.added:
        old, new = elements(pair, of_after=False), elements(pair, of_after=True)
        yield parts_row(pair, [old[at] for at in changed.removed], [new[at] for at in changed.added])
    if changed.is_reordered and not pair.is_unordered:
        yield row(pair, "", REORDERED)


def _wholes(pair: ValuePair) -> Iterator[Difference]:
    """Compare as wholes: a block that is added, removed, or replaces something else."""
    yield parts_row(pair, block(pair, of_after=False), block(pair, of_after=True))


def _texts(pair: ValuePair) -> Iterator[Difference]:
    before, after = as_text(pair.before), as_text(pair.after)
    documents = _both(lambda text: parse_document(text, pair), before, after)
    if documents:
        yield from _documents(pair, *documents)
    elif pair.is_secret and (is_secret_value(pair.before) or is_secret_value(pair.after)):
        yield secret_row(pair)
    elif texts := _both(decode_base64, before, after):
        yield from _encoded(pair, *map(as_text, texts))
    elif "\n" in before or "\n" in after:
        yield _lines(pair, before, after)
    else:
        yield from _scalars(pair)


def _both(read: Callable[[str], Json], before: str, after: str) -> tuple[Json, Json] | None:
    """Return both texts read, None for an empty one, or nothing if a text can't be read."""
    one, other = (read(text) if text else None for text in (before, after))
    is_read = (one is not None or not before) and (other is not None or not after)
    return (one, other) if is_read and (before or after) else None


def _documents(pair: ValuePair, before: Json, after: Json) -> Iterator[Difference]:
    """Compare documents by part. If there was none, all parts are new."""
    empty: Json = [] if isinstance(before or after, list) else {}
    parsed = pair.parsed_pair(
        normalize_policy(empty if before is None else before),
        normalize_policy(empty if after is None else after),
        is_unordered=is_policy(before) or is_policy(after),
    )
    if isinstance(parsed.before, dict) and isinstance(parsed.after, dict):
        yield from _objects(parsed)
    else:
        yield from compare(parsed)


def _encoded(pair: ValuePair, before: str, after: str) -> Iterator[Difference]:
    """Compare base64 texts. One of a single line is more often a password than a script."""
    if before != after:
        yield _lines(pair, before, after) if "\n" in before or "\n" in after else secret_row(pair)


def _lines(pair: ValuePair, before: str, after: str) -> Difference:
    old, new = redact_pair(before, after, pair.name)
    lines = line_differences(old, new)
    return row(pair, _AS_IT_WAS, _LINE_ENDS) if not lines and old != new else row(pair, "", "", lines=lines)


def _scalars(pair: ValuePair) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    if pair.is_secret and (is_secret_value(before) or is_secret_value(after)):
        yield secret_row(pair)
    else:
        old, new = redact_pair(_spelled(before, after), _spelled(after, before), pair.name)
        yield row(pair, *map(one_line, shorten_both(old, new)))


def _spelled(value: Json, other: Json) -> str:
    """Return the text of a value; strings are quoted only where a number or boolean is possible."""
    if value is None:
        return ""
    is_alike = other is None or isinstance(value, str) == isinstance(other, str)
    return plain_text(value) if is_alike else json.dumps(value)

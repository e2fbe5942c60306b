"""Who may do more, and who less: two tables, what is allowed first."""

from collections.abc import Iterator, Sequence

from arqctl.plan.access.access_diff import Direction, Row
from arqctl.review.dedupe import Alike, alike
from arqctl.review.markdown.budget import Part, Text
from arqctl.review.markdown.escaping import code, row
from arqctl.review.markdown.layout import named, section, table, times
from arqctl.review.model import StackReview

_HEADINGS = ("kind", "who", "may", "on", "if", "by")
_LISTED = 10
"""Names in a cell; the rest is counted."""
_TITLES = {
    Direction.ALLOWED: "### Access: what becomes allowed",
    Direction.TAKEN_AWAY: "### Access: what is taken away",
}


def access(stacks: Sequence[StackReview], direction: Direction, *, rank: int) -> Iterator[Part]:
    """The section on one direction, or nothing."""
    found = [
        each for each in alike(stacks, lambda stack: stack.broadened) if each.told.direction is direction
    ]
    if found:
        rows = [Text(_row(each), each.told.kind) for each in found]
        rule = row(*["---"] * len(_HEADINGS))
        rows_of = table(_HEADINGS, rule, rows, noun="row")
        yield section(f"{_TITLES[direction]} ({times(found):,})", [rows_of], noun="row", rank=rank)


def _row(found: Alike[Row]) -> str:
    each = found.told
    return row(
        f"{code(each.kind, 40)}{_note(each)}",
        _cell(each.who),
        _cell(each.what),
        _cell(each.on),
        code(each.condition) if each.condition else "",
        f"{code(each.path or each.address)} in {named(found.stacks)}",
    )


def _note(each: Row) -> str:
    """What makes it less plain: that a denial went or came, or that it isn't known."""
    denial = " (a denial ends)" if each.direction is Direction.ALLOWED else " (a denial)"
    return f"{denial if each.is_denial else ''}{' **undecided**' if each.is_unknown else ''}"


def _cell(texts: Sequence[str]) -> str:
    shown = ", ".join(code(text, 80) for text in texts[:_LISTED])
    more = len(texts) - _LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown

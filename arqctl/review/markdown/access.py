"""Renders access changes: one table of broadened and one of reduced access."""

from collections.abc import Iterator, Sequence

from arqctl.plan.access.access_diff import AccessChange, Direction
from arqctl.review.dedupe import Grouped, group_equal
from arqctl.review.markdown.budget import Part, Text
from arqctl.review.markdown.escaping import code, row
from arqctl.review.markdown.layout import occurrences, section, stack_names, table
from arqctl.review.model import StackReview

_HEADINGS = ("kind", "principal", "action", "resource", "condition", "defined in")
_LISTED = 10
"""Names that a cell shows; the others are counted."""
_TITLES = {
    Direction.BROADENED: "### Access: broadened",
    Direction.REDUCED: "### Access: reduced",
}


def access(stacks: Sequence[StackReview], direction: Direction, *, rank: int) -> Iterator[Part]:
    """Yield the table of one direction, or nothing."""
    found = [
        each
        for each in group_equal(stacks, lambda stack: stack.access_changes)
        if each.value.direction is direction
    ]
    if found:
        rows = [Text(_row(each), each.value.kind) for each in found]
        rule = row(*["---"] * len(_HEADINGS))
        body = table(_HEADINGS, rule, rows, noun="row")
        yield section(f"{_TITLES[direction]} ({occurrences(found):,})", [body], noun="row", rank=rank)


def _row(found: Grouped[AccessChange]) -> str:
    change = found.value
    return row(
        f"{code(change.kind, 40)}{_notes(change)}",
        _cell(change.who),
        _cell(change.what),
        _cell(change.on),
        code(change.condition) if change.condition else "",
        f"{code(change.path or change.address)} in {stack_names(found.stacks)}",
    )


def _notes(change: AccessChange) -> str:
    deny = " (Deny removed)" if change.direction is Direction.BROADENED else " (Deny added)"
    return f"{deny if change.is_denial else ''}{' **not decided**' if change.is_unknown else ''}"


def _cell(texts: Sequence[str]) -> str:
    shown = ", ".join(code(text, 80) for text in texts[:_LISTED])
    more = len(texts) - _LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown

"""Renders the table of all stacks: a row per group of stacks with equal changes, or a row per stack."""

from collections.abc import Callable, Sequence

from arqctl.review.dedupe import Grouped
from arqctl.review.markdown.budget import Part, Text, size
from arqctl.review.markdown.escaping import code, row
from arqctl.review.markdown.layout import fold, stack_names, table
from arqctl.review.model import Cost, StackReview, count_columns

_COSTS_SHOWN = 3
"""Different costs that a row shows side by side."""


def matrix(groups: Sequence[Grouped[StackReview]], room: int) -> str:
    """Return the table of all groups in about `room` bytes. Groups that don't fit share the last row."""
    columns = count_columns(group.value.counts for group in groups)
    headings = _headings("environment", columns=columns)
    lines = [row(*headings), _rule(headings, 1)]
    used = size("".join(lines))
    for position, group in enumerate(groups):
        line = _line([stack_names(group.stacks)], group.stacks[:1], group.stacks, columns)
        used += size(line)
        if used > room:
            rest = [stack for each in groups[position:] for stack in each.stacks]
            return "".join([*lines, _line([f"{len(rest):,} more"], rest, rest, columns)])
        lines.append(line)
    return "".join(lines)


def stack_table(stacks: Sequence[StackReview], *, rank: int) -> Part:
    """Return a table with a row per stack and the fingerprint that approves it."""
    columns = count_columns(stack.counts for stack in stacks)
    headings = _headings("stack", "fingerprint", columns=columns)
    rows = [
        Text(_line([code(stack.stack, 40), code(stack.fingerprint, 40)], [stack], [stack], columns))
        for stack in stacks
    ]
    body = table(headings, _rule(headings, 2), rows, noun="stack")
    return fold(f"Each stack and its fingerprint ({len(stacks):,})", [body], noun="stack", rank=rank)


def money(cost: Cost | None) -> str:
    """Return the monthly cost and its difference. An unknown value is "?", never zero."""
    if not cost:
        return "?"
    monthly = "?" if cost.monthly is None else f"{'≥ ' if cost.unpriced else ''}{cost.monthly:,.2f}"
    delta = "?" if cost.delta is None else f"{cost.delta:+,.2f}"
    return f"{monthly} ({delta})"


def _headings(*names: str, columns: Sequence[str]) -> tuple[str, ...]:
    return (*names, *(column.rstrip("_") for column in columns), "findings", "USD/month")


def _rule(headings: Sequence[str], text_columns: int) -> str:
    """Return the line below the headings: text is left-aligned, numbers are right-aligned."""
    return row(*["---"] * text_columns, *["--:"] * (len(headings) - text_columns))


def _line(
    labels: Sequence[str],
    counted: Sequence[StackReview],
    stacks: Sequence[StackReview],
    columns: Sequence[str],
) -> str:
    """Return a row: the sums of the `counted` stacks, and the notes and costs of all `stacks`."""
    counts = (sum(getattr(stack.counts, column) for stack in counted) for column in columns)
    first, *others = labels
    notes = ", ".join(word for word, applies in _NOTES.items() if applies(stacks))
    label = f"{first} ({notes})" if notes else first
    return row(label, *others, *map(_number, counts), _findings(counted), _costs(stacks))


_NOTES: dict[str, Callable[[Sequence[StackReview]], bool]] = {
    "**partial**": lambda stacks: any(stack.is_partial for stack in stacks),
    "simulated": lambda stacks: any(stack.is_simulated for stack in stacks),
    "no changes": lambda stacks: all(stack.is_no_op for stack in stacks),
}


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _findings(stacks: Sequence[StackReview]) -> str:
    policies = [stack.policy for stack in stacks if stack.policy]
    return _number(sum(each.blocking for each in policies)) if len(policies) == len(stacks) else "?"


def _costs(stacks: Sequence[StackReview]) -> str:
    distinct = tuple(dict.fromkeys(money(stack.cost) for stack in stacks))
    return ", ".join(distinct) if len(distinct) <= _COSTS_SHOWN else "see below"

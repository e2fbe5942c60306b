"""What is done where, in a table: a row for the stacks that change alike, or one for each stack."""

from collections.abc import Callable, Sequence

from arqctl.review.dedupe import Alike
from arqctl.review.markdown.budget import Part, Text, size
from arqctl.review.markdown.escaping import code, row
from arqctl.review.markdown.layout import fold, named, table
from arqctl.review.model import Cost, StackReview, counted

_COSTS = 3
"""Costs of stacks that change alike and are told beside each other."""


def matrix(groups: Sequence[Alike[StackReview]], room: int) -> str:
    """The table of all groups in about `room` bytes: those that don't fit are summed up in its last row."""
    columns = counted(group.told.counts for group in groups)
    headings = _headings("environment", columns=columns)
    lines = [row(*headings), _rule(headings, 1)]
    used = size("".join(lines))
    for place, group in enumerate(groups):
        line = _line([named(group.stacks)], group.stacks[:1], group.stacks, columns)
        used += size(line)
        if used > room:
            rest = [stack for each in groups[place:] for stack in each.stacks]
            return "".join([*lines, _line([f"{len(rest):,} more"], rest, rest, columns)])
        lines.append(line)
    return "".join(lines)


def every_stack(stacks: Sequence[StackReview], *, rank: int) -> Part:
    """All stacks one by one, with the fingerprints that a deployment is told."""
    columns = counted(stack.counts for stack in stacks)
    headings = _headings("stack", "fingerprint", columns=columns)
    rows = [
        Text(_line([code(stack.stack, 40), code(stack.fingerprint, 40)], [stack], [stack], columns))
        for stack in stacks
    ]
    told = table(headings, _rule(headings, 2), rows, noun="stack")
    return fold(f"Each stack and its fingerprint ({len(stacks):,})", [told], noun="stack", rank=rank)


def money(cost: Cost | None) -> str:
    """A month and how it changes; a question mark for what isn't known, never nothing."""
    if not cost:
        return "?"
    monthly = "?" if cost.monthly is None else f"{'≥ ' if cost.unpriced else ''}{cost.monthly:,.2f}"
    delta = "?" if cost.delta is None else f"{cost.delta:+,.2f}"
    return f"{monthly} ({delta})"


def _headings(*names: str, columns: Sequence[str]) -> tuple[str, ...]:
    return (*names, *(column.rstrip("_") for column in columns), "findings", "USD a month")


def _rule(headings: Sequence[str], words: int) -> str:
    """The line below the headings: words stand left, and numbers right."""
    return row(*["---"] * words, *["--:"] * (len(headings) - words))


def _line(
    names: Sequence[str],
    counted: Sequence[StackReview],
    stacks: Sequence[StackReview],
    columns: Sequence[str],
) -> str:
    """One row: what `counted` do together, and what is noted of all `stacks`."""
    counts = (sum(getattr(stack.counts, column) for stack in counted) for column in columns)
    first, *others = names
    notes = ", ".join(word for word, holds in _NOTES.items() if holds(stacks))
    label = f"{first} ({notes})" if notes else first
    return row(label, *others, *map(_number, counts), _findings(counted), _costs(stacks))


_NOTES: dict[str, Callable[[Sequence[StackReview]], bool]] = {
    "**partial**": lambda stacks: any(stack.is_errored for stack in stacks),
    "incomplete": lambda stacks: any(not stack.is_complete and not stack.is_errored for stack in stacks),
    "simulated": lambda stacks: any(stack.is_simulated for stack in stacks),
    "no changes": lambda stacks: all(stack.changes_nothing for stack in stacks),
}


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _findings(stacks: Sequence[StackReview]) -> str:
    judged = [stack.judged for stack in stacks if stack.judged]
    if len(judged) < len(stacks):
        return "?"
    return _number(sum(len(each.new) + len(each.undecided) + each.standing for each in judged))


def _costs(stacks: Sequence[StackReview]) -> str:
    told = tuple(dict.fromkeys(money(stack.cost) for stack in stacks))
    return ", ".join(told) if len(told) <= _COSTS else "see below"

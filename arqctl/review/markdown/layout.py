"""Building blocks of a page: headings, folds, lists, tables and diffs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from arqctl.review.dedupe import Grouped
from arqctl.review.markdown.budget import Group, Part, Text, by_kind, plural, tally
from arqctl.review.markdown.escaping import code, fence_for, row, visible
from arqctl.review.model import StackReview

_T = TypeVar("_T")

_STACKS_NAMED = 3
"""Stacks that are named next to a grouped value; the others are counted."""


def section(title: str, parts: Sequence[Part], *, noun: str, rank: int = 0) -> Group:
    """Return parts below a heading. If none fits, they are counted by kind."""
    head = f"\n{title}\n\n"
    return Group(head, parts, f"{head}{all_left_out(parts, noun)}\n", noun=noun, lead="\n", rank=rank)


def subsection(title: str, parts: Sequence[Part], *, noun: str, rank: int = 0) -> Group:
    """Return parts below a bold title."""
    return section(f"**{title}**", parts, noun=noun, rank=rank)


def bundle(parts: Sequence[Part], *, noun: str, rank: int) -> Iterator[Group]:
    """Yield sections that share one rank, or nothing."""
    if parts:
        yield Group("", parts, f"\n{all_left_out(parts, noun)}\n", noun=noun, lead="\n", rank=rank)


def all_left_out(parts: Sequence[Part], noun: str) -> str:
    """Return the line that replaces all parts: their number by kind."""
    counts = tally(parts)
    kinds = by_kind(counts)
    return f"{plural(counts.total(), noun)} left out for length{kinds and f': {kinds}'}"


def fold(summary: str, parts: Sequence[Part], *, noun: str, rank: int = 0) -> Group:
    """Return parts in a collapsed block. `summary` is HTML and is always shown."""
    head = f"\n<details><summary>{summary}</summary>\n\n"
    brief = f"{head}{all_left_out(parts, noun)}\n\n</details>\n"
    return Group(head, parts, brief, "\n</details>\n", noun, rank=rank)


def items(lines: Iterable[str], indent: str = "", kind: str = "") -> tuple[Text, ...]:
    """Return a list with one item per line."""
    return tuple(Text(f"{indent}- {line}\n", kind) for line in lines)


def table(headings: Sequence[str], rule: str, rows: Sequence[Part], *, noun: str) -> Group:
    """Return a table. If no row fits, the rows are counted."""
    head = f"\n{row(*headings)}{rule}"
    return Group(head, rows, f"\n{all_left_out(rows, noun)}\n", noun=noun, lead="\n")


def diff(title: str, lines: Sequence[str], indent: str) -> Group:
    """Return the line diff of a long text as a code block below a list item."""
    shown = [visible(line) for line in lines]
    fence, inner = fence_for(shown), f"{indent}  "
    return Group(
        f"{indent}- {title}:\n{inner}{fence}diff\n",
        [Text(f"{inner}{line}\n") for line in shown],
        f"{indent}- {title}: {plural(len(lines), 'line')} of difference\n",
        f"{inner}{fence}\n",
        noun="line",
        lead=inner,
    )


def stack_names(stacks: Sequence[StackReview]) -> str:
    """Return the names of the first stacks and the number of the others."""
    names = ", ".join(code(stack.stack, 40) for stack in stacks[:_STACKS_NAMED])
    more = len(stacks) - _STACKS_NAMED
    return f"{names} and {more:,} more" if more > 0 else names


def occurrences(found: Iterable[Grouped[_T]]) -> int:
    """Return how often the values occur in all stacks together."""
    return sum(len(each.stacks) for each in found)

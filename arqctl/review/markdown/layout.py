"""The few shapes that a page is made of: headings, folds, lists, tables and diffs, each whole by itself."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from arqctl.plan.model import Action
from arqctl.review.dedupe import Alike
from arqctl.review.markdown.budget import Group, Part, Text, by_kind, plural, tally
from arqctl.review.markdown.escaping import code, fence_for, row, visible
from arqctl.review.model import StackReview

_T = TypeVar("_T")

_LISTED = 3
"""Stacks that are named beside what they have alike; the rest is counted."""

_DEEDS = {
    Action.NO_OP: "keep",
    Action.CREATE: "add",
    Action.READ: "read",
    Action.UPDATE: "change",
    Action.DELETE: "destroy",
    Action.FORGET: "forget",
}


def section(title: str, parts: Sequence[Part], *, noun: str, rank: int = 0) -> Group:
    """Parts below a heading, which are counted by kind where there is room for none."""
    head = f"\n{title}\n\n"
    return Group(head, parts, f"{head}{all_left_out(parts, noun)}\n", noun=noun, lead="\n", rank=rank)


def subsection(title: str, parts: Sequence[Part], *, noun: str) -> Group:
    """A title in bold with what follows it."""
    return section(f"**{title}**", parts, noun=noun)


def bundle(parts: Sequence[Part], *, noun: str, rank: int) -> Iterator[Group]:
    """Sections that share one rank, or nothing where there is none."""
    if parts:
        yield Group("", parts, f"\n{all_left_out(parts, noun)}\n", noun=noun, lead="\n", rank=rank)


def all_left_out(parts: Sequence[Part], noun: str) -> str:
    """The line that stands for all parts: how many, of which kinds."""
    counted = tally(parts)
    kinds = by_kind(counted)
    return f"{plural(counted.total(), noun)} left out for length{kinds and f': {kinds}'}"


def fold(summary: str, parts: Sequence[Part], *, noun: str, rank: int = 0) -> Group:
    """Items that are seen at a click. `summary` is HTML, and stands whatever there is room for."""
    head = f"\n<details><summary>{summary}</summary>\n\n"
    brief = f"{head}{all_left_out(parts, noun)}\n\n</details>\n"
    return Group(head, parts, brief, "\n</details>\n", noun, rank=rank)


def items(lines: Iterable[str], indent: str = "", kind: str = "") -> tuple[Text, ...]:
    """A list, an item a line."""
    return tuple(Text(f"{indent}- {line}\n", kind) for line in lines)


def table(headings: Sequence[str], rule: str, rows: Sequence[Part], *, noun: str) -> Group:
    """A table, or a line that counts its rows where there is room for none."""
    head = f"\n{row(*headings)}{rule}"
    return Group(head, rows, f"\n{all_left_out(rows, noun)}\n", noun=noun, lead="\n")


def diff(title: str, lines: Sequence[str], indent: str) -> Group:
    """The difference of a long text as a block, below an item of a list."""
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


def named(stacks: Sequence[StackReview]) -> str:
    """The stacks by name, a few of them."""
    told = ", ".join(code(stack.stack, 40) for stack in stacks[:_LISTED])
    more = len(stacks) - _LISTED
    return f"{told} and {more:,} more" if more > 0 else told


def times(found: Iterable[Alike[_T]]) -> int:
    """How often something was found, in all stacks together."""
    return sum(len(each.stacks) for each in found)


def deed(action: Action) -> str:
    """What happens to a resource, in a word."""
    return "replace" if action.is_replacement else _DEEDS[action]

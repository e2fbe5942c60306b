"""A page of at most so many bytes: what matters most is shown in full, the rest shortened, then counted.

A page is made of parts in parts. Each part knows how long it is in full and at least, so nothing is ever cut:
a part is there as a whole, or its group says that it isn't.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from arqctl.review.markdown.escaping import code

_NAMED = 8
"""Kinds of what is left out that are named; the rest is counted together."""


class Part(Protocol):
    """Something of a page. Sizes are bytes; `rank` 0 comes before 1, `tally` counts what it is made of."""

    @property
    def rank(self) -> int:
        """How late it gets room."""

    @property
    def least(self) -> int:
        """The size of its shortest form."""

    @property
    def full(self) -> int:
        """The size of its whole form."""

    @property
    def tally(self) -> Counter[str]:
        """How many of each kind it tells."""

    def within(self, room: int) -> str:
        """Its fullest form of at most `room` bytes, or its shortest."""


@dataclass(frozen=True)
class Text:
    """What is there as a whole or not at all. It tells `count` of a `kind`."""

    text: str
    kind: str = ""
    rank: int = 0
    count: int = 1

    @cached_property
    def full(self) -> int:
        """The size, which is the least as well."""
        return size(self.text)

    @property
    def least(self) -> int:
        """The size."""
        return self.full

    @cached_property
    def tally(self) -> Counter[str]:
        """So many of its kind."""
        return Counter({self.kind: self.count})

    def within(self, room: int) -> str:  # noqa: ARG002 - a text has one form
        """The text."""
        return self.text


@dataclass(frozen=True)
class Group:
    """Parts between a head and a tail; `brief` stands for all of it where there is room for no part.

    The first parts are kept the longest. `noun` says what is left out, on a line that `lead` begins. A group
    that has a `kind` is counted as one, another as its parts.
    """

    head: str
    parts: Sequence[Part]
    brief: str
    tail: str = ""
    noun: str = "row"
    lead: str = "- "
    kind: str = ""
    rank: int = 0

    @cached_property
    def full(self) -> int:
        """The size with all parts in full."""
        return self._frame + sum(part.full for part in self.parts)

    @cached_property
    def least(self) -> int:
        """The size of `brief`, or in full where that is less."""
        return min(size(self.brief), self.full)

    @cached_property
    def tally(self) -> Counter[str]:
        """One of its kind, or all that its parts tell."""
        return Counter([self.kind]) if self.kind else tally(self.parts)

    def within(self, room: int) -> str:
        """As many parts as there is room for, each as full as can be, and how many more there are."""
        if self.full <= max(room, size(self.brief)):
            return f"{self.head}{''.join(part.within(part.full) for part in self.parts)}{self.tail}"
        room -= self._frame
        shown = _leading(self, room)
        if not shown:
            return self.brief
        left_out = omission(self, shown)
        texts = share(self.parts[:shown], room - size(left_out))
        return f"{self.head}{''.join(texts)}{left_out}{self.tail}"

    @cached_property
    def _frame(self) -> int:
        return size(self.head) + size(self.tail)


def size(text: str) -> int:
    """Bytes in UTF-8, which are never fewer than the characters."""
    return len(text) if text.isascii() else len(text.encode())


def share(parts: Sequence[Part], room: int) -> list[str]:
    """All parts, each as full as can be. Those of one rank share what the ranks before them leave.

    What needs little is served first, so that one long part can't crowd out many short ones.
    """
    spare = room - sum(part.least for part in parts)
    waiting = Counter(part.rank for part in parts)
    texts = [""] * len(parts)
    for place in sorted(range(len(parts)), key=lambda each: (parts[each].rank, parts[each].full)):
        part = parts[place]
        texts[place] = part.within(part.least + max(0, spare) // waiting[part.rank])
        waiting[part.rank] -= 1
        spare -= size(texts[place]) - part.least
    return texts


def omission(group: Group, shown: int) -> str:
    """The line that counts what a group leaves out after so many parts, by kind. Nothing for nothing."""
    counted = tally(group.parts[shown:])
    if not counted:
        return ""
    kinds = by_kind(counted)
    more = plural(counted.total(), f"more {group.noun}")
    return f"{group.lead}{more} left out for length{kinds and f': {kinds}'}\n"


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2,000 findings`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def by_kind(counted: Counter[str]) -> str:
    """`31 aws_route, 2 aws_subnet and 4 of 3 other kinds`, the most first. What has no kind isn't named."""
    named = sorted(((-count, kind) for kind, count in counted.items() if kind))
    told = [f"{-count:,} {code(kind, 60)}" for count, kind in named[:_NAMED]]
    others = named[_NAMED:]
    if others:
        told.append(f"{-sum(count for count, _ in others):,} of {plural(len(others), 'other kind')}")
    return ", ".join(told)


def _leading(group: Group, room: int) -> int:
    """How many of the first parts have room in their shortest form, with the line on the others."""
    sizes = list(accumulate((part.least for part in group.parts), initial=0))
    shown = sum(1 for total in sizes[1:] if total <= room)
    while shown and sizes[shown] + size(omission(group, shown)) > room:
        shown -= 1
    return shown


def tally(parts: Iterable[Part]) -> Counter[str]:
    """How many of each kind the parts tell together."""
    counted: Counter[str] = Counter()
    for part in parts:
        for kind, count in part.tally.items():
            counted[kind] += count
    return counted

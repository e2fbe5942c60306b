"""Fits a page into a number of bytes: important parts in full, others shortened, the rest counted.

A page is a tree of parts. Each part knows its full and its shortest size, so no text is cut in the middle: a
part is shown, or its group counts it as left out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from arqctl.review.markdown.escaping import code

_NAMED = 8
"""Kinds that a line on omitted parts names; the others are counted together."""


class Part(Protocol):
    """Part of a page. Sizes are in bytes."""

    @property
    def rank(self) -> int:
        """Order in which parts get space; 0 comes first."""

    @property
    def least(self) -> int:
        """Size of the shortest form."""

    @property
    def full(self) -> int:
        """Size of the full form."""

    @property
    def tally(self) -> Counter[str]:
        """Number of entries by kind."""

    def within(self, room: int) -> str:
        """Return the fullest form of at most `room` bytes, or the shortest form."""


@dataclass(frozen=True)
class Text:
    """Text that is shown in full or not at all. It stands for `count` entries of a `kind`."""

    text: str
    kind: str = ""
    rank: int = 0
    count: int = 1

    @cached_property
    def full(self) -> int:
        """Size in bytes."""
        return size(self.text)

    @property
    def least(self) -> int:
        """Size in bytes, the same as in full."""
        return self.full

    @cached_property
    def tally(self) -> Counter[str]:
        """The count of its kind."""
        return Counter({self.kind: self.count})

    def within(self, room: int) -> str:  # noqa: ARG002 - a text has one form
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Group:
    """Parts between a head and a tail; `brief` replaces all of it if no part fits.

    The last parts are left out first. A line that begins with `lead` counts them as `noun`. A group with a
    `kind` stands for `count` entries, without a kind for those of its parts.
    """

    head: str
    parts: Sequence[Part]
    brief: str
    tail: str = ""
    noun: str = "row"
    lead: str = "- "
    kind: str = ""
    rank: int = 0
    count: int = 1

    @cached_property
    def full(self) -> int:
        """Size with all parts in full."""
        return self._frame + sum(part.full for part in self.parts)

    @cached_property
    def least(self) -> int:
        """Size of `brief`, or the full size if that is less."""
        return min(size(self.brief), self.full)

    @cached_property
    def tally(self) -> Counter[str]:
        """The count of its kind, or the entries of its parts."""
        return Counter({self.kind: self.count}) if self.kind else tally(self.parts)

    def within(self, room: int) -> str:
        """Return as many parts as fit, each as full as possible, and the number of the others."""
        if self.full <= max(room, size(self.brief)):
            return f"{self.head}{''.join(part.within(part.full) for part in self.parts)}{self.tail}"
        room -= self._frame
        shown = _fitting(self, room)
        if not shown:
            return self.brief
        left_out = omission(self, shown)
        texts = share(self.parts[:shown], room - size(left_out))
        return f"{self.head}{''.join(texts)}{left_out}{self.tail}"

    @cached_property
    def _frame(self) -> int:
        return size(self.head) + size(self.tail)


def size(text: str) -> int:
    """Return the number of bytes in UTF-8, which is at least the number of characters."""
    return len(text) if text.isascii() else len(text.encode())


def share(parts: Sequence[Part], room: int) -> list[str]:
    """Return the texts of all parts, each as full as possible.

    Parts of one rank share what earlier ranks leave. Short parts get space first, so that one long part can't
    displace many short ones.
    """
    if sum(part.full for part in parts) <= room:
        return [part.within(part.full) for part in parts]
    spare = room - sum(part.least for part in parts)
    remaining = Counter(part.rank for part in parts)
    texts = [""] * len(parts)
    for position in sorted(range(len(parts)), key=lambda each: (parts[each].rank, parts[each].full)):
        part = parts[position]
        texts[position] = part.within(part.least + max(0, spare) // remaining[part.rank])
        remaining[part.rank] -= 1
        spare -= size(texts[position]) - part.least
    return texts


def omission(group: Group, shown: int) -> str:
    """Return the line that counts the parts after the first `shown` by kind, or "" if there are none."""
    counts = tally(group.parts[shown:])
    if not counts:
        return ""
    kinds = by_kind(counts)
    more = plural(counts.total(), f"more {group.noun}")
    return f"{group.lead}{more} left out for length{kinds and f': {kinds}'}\n"


def plural(count: int, noun: str) -> str:
    """Return the count with its noun: `1 finding`, `2,000 findings`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def by_kind(counts: Counter[str]) -> str:
    """Return `31 aws_route, 2 aws_subnet, 4 of 3 other kinds`, the most frequent first."""
    named = sorted(((-count, kind) for kind, count in counts.items() if kind))
    listed = [f"{-count:,} {code(kind, 60)}" for count, kind in named[:_NAMED]]
    others = named[_NAMED:]
    if others:
        listed.append(f"{-sum(count for count, _ in others):,} of {plural(len(others), 'other kind')}")
    return ", ".join(listed)


def _fitting(group: Group, room: int) -> int:
    """Return how many of the first parts fit in their shortest form, with the line that counts the others."""
    sizes = list(accumulate((part.least for part in group.parts), initial=0))
    shown = sum(1 for total in sizes[1:] if total <= room)
    while shown and sizes[shown] + size(omission(group, shown)) > room:
        shown -= 1
    return shown


def tally(parts: Iterable[Part]) -> Counter[str]:
    """Return the number of entries of all parts by kind."""
    counts: Counter[str] = Counter()
    for part in parts:
        for kind, count in part.tally.items():
            counts[kind] += count
    return counts

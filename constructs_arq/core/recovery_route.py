"""A way to recover: its steps, some at the same time, with the figures that they take."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from constructs_arq.core.recovery_figures import Figure, find_figure


@dataclass(frozen=True)
class Step:
    """A step with its duration. `gib` is the size that a rate needs."""

    figure: Figure
    gib: int | None = None

    @property
    def duration(self) -> timedelta:
        """The time that the step takes."""
        return self.figure.duration if self.gib is None else self.figure.duration_of(self.gib)

    @property
    def steps(self) -> Iterator["Step"]:
        """The step itself."""
        yield self

    @property
    def longest(self) -> Iterator["Step"]:
        """The step itself."""
        yield self


@dataclass(frozen=True)
class Serial:
    """Steps, one after the other."""

    parts: "tuple[Timeline, ...]" = ()

    @property
    def duration(self) -> timedelta:
        """The sum of the parts."""
        return sum((part.duration for part in self.parts), start=timedelta(0))

    @property
    def steps(self) -> Iterator[Step]:
        """All steps in order."""
        for part in self.parts:
            yield from part.steps

    @property
    def longest(self) -> Iterator[Step]:
        """The steps whose sum is the duration."""
        for part in self.parts:
            yield from part.longest


@dataclass(frozen=True)
class Parallel:
    """Steps that start at the same time. The next step waits for all of them."""

    parts: "tuple[Timeline, ...]"

    @property
    def duration(self) -> timedelta:
        """The longest of the parts."""
        return max((part.duration for part in self.parts), default=timedelta(0))

    @property
    def steps(self) -> Iterator[Step]:
        """All steps in order."""
        for part in self.parts:
            yield from part.steps

    @property
    def longest(self) -> Iterator[Step]:
        """The steps of the longest part."""
        if self.parts:
            yield from max(self.parts, key=lambda part: part.duration).longest


Timeline = Step | Serial | Parallel


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way to recover a data set.

    `lost` has the figures whose sum is the time of lost changes. It is None if all contents are lost.
    `runbook` is the page of a procedure that a person follows.
    """

    how: str
    timeline: Timeline
    lost: tuple[Figure, ...] | None = ()
    runbook: str = ""

    @property
    def rto(self) -> timedelta:
        """The time until the data set is available again."""
        return self.timeline.duration

    @property
    def rpo(self) -> timedelta | None:
        """The time of lost changes. None if all contents are lost."""
        return None if self.lost is None else sum((each.duration for each in self.lost), start=timedelta(0))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures from which both times follow, each once."""
        steps = [step.figure for step in self.timeline.steps]
        return tuple(dict.fromkeys([*steps, *(self.lost or ())]))


def steps(*names: str) -> Serial:
    """Return the steps of these figures, one after the other."""
    return Serial(tuple(Step(find_figure(name)) for name in names))


def figures(*names: str) -> tuple[Figure, ...]:
    """Return the figures of these names."""
    return tuple(find_figure(name) for name in names)

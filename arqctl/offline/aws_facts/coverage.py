"""How much of each resource type is held against what AWS publishes."""

from collections.abc import Iterable
from dataclasses import dataclass

from arqctl.offline.aws_facts.published_facts import PublishedFacts


@dataclass(frozen=True, slots=True)
class Coverage:
    """One type: its name at CloudFormation ("" if none), and how many of its arguments are checked.

    `arguments` are those that could hold a wrong value of the right form: no blocks, no booleans.
    `replacing` says of how many arguments a change forces a new resource.
    """

    type: str
    cloudformation: str
    checked: int
    arguments: int
    replacing: int

    @property
    def share(self) -> float:
        """From 0 to 1; a type without arguments that could be wrong is covered."""
        return self.checked / self.arguments if self.arguments else 1.0


def coverage(facts: PublishedFacts, types: Iterable[str] = ()) -> tuple[Coverage, ...]:
    """A row for each type; for all AWS types where none are named."""
    return tuple(
        Coverage(type_, known.cloudformation, *facts.coverage(type_), len(known.replacing))
        for type_ in types or (each for each in facts.types() if each.startswith("aws_"))
        for known in (facts.of(type_),)
    )


def total(rows: Iterable[Coverage]) -> float:
    """The mean share of all types: each counts the same, however many arguments it has."""
    shares = [row.share for row in rows]
    return sum(shares) / len(shares) if shares else 0.0

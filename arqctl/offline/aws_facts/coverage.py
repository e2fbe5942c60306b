"""Reports how many arguments of each resource type are checked against published facts."""

from collections.abc import Iterable
from dataclasses import dataclass

from arqctl.offline.aws_facts.published_facts import PublishedFacts


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one resource type.

    `cloudformation` is the CloudFormation type ("" if none). `checkable` counts the arguments that can hold
    an invalid value of the right type, so no blocks and no booleans; `checked` counts those with a check.
    `replacing` counts the arguments whose change forces replacement.
    """

    type: str
    cloudformation: str
    checked: int
    checkable: int
    replacing: int

    @property
    def share(self) -> float:
        """The checked share, from 0 to 1; 1 for a type without checkable arguments."""
        return self.checked / self.checkable if self.checkable else 1.0


def coverage(facts: PublishedFacts, types: Iterable[str] = ()) -> tuple[Coverage, ...]:
    """Return a row for each type; for all AWS types if none are given."""
    return tuple(
        Coverage(type_, facts_of_type.cloudformation, *facts.coverage(type_), len(facts_of_type.replacing))
        for type_ in types or (each for each in facts.types() if each.startswith("aws_"))
        for facts_of_type in (facts.of(type_),)
    )


def mean_share(rows: Iterable[Coverage]) -> float:
    """Return the mean share of the types, each with the same weight."""
    shares = [row.share for row in rows]
    return sum(shares) / len(shares) if shares else 0.0

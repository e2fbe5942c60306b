"""Lists of values that CloudFormation publishes anywhere, to bring older lists up to date.

AWS has one list of launch types and names it in many places, some of which are years behind, and the API
models are as old as Checkov lets botocore be. So what one place adds to a list counts in the others as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_FEWEST = 3
"""Two values are on and off, which many lists have that are about something else."""

_GROWTH = 3
"""A list so many times as long is another."""


class Choices:
    """All lists of values, found by what is in them."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Take the schemas that list them."""
        self._by_value: dict[str, set[frozenset[str]]] = defaultdict(set)
        for listed in {each for document in documents for each in _lists(document)}:
            for value in listed:
                self._by_value[value].add(listed)

    def confirm(self, values: tuple[str, ...]) -> bool:
        """Whether CloudFormation has the same list, or one that has grown out of it."""
        return frozenset(values) in self._by_value.get(values[0], ()) or any(self._grown(values))

    def with_newer(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """The values, and those that a list has which has grown out of them."""
        newer = {value for listed in self._grown(values) for value in listed}
        return (*values, *sorted(newer - set(values)))

    def _grown(self, values: tuple[str, ...]) -> Iterator[frozenset[str]]:
        if len(values) >= _FEWEST:
            for listed in self._by_value.get(values[0], ()):
                if len(listed) <= len(values) * _GROWTH and listed.issuperset(values):
                    yield listed


def _lists(schema: object) -> Iterator[frozenset[str]]:
    if isinstance(schema, dict):
        listed = schema.get("enum")
        if isinstance(listed, list):
            yield frozenset(each for each in listed if isinstance(each, str))
        for part in schema.values():
            yield from _lists(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _lists(part)

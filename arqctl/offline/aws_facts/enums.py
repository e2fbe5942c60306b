"""Index of all enums in CloudFormation's schemas, used to update older copies of the same enum.

AWS repeats an enum, such as launch types, in many schemas, and some copies are years old. botocore's models
are as old as the botocore version that Checkov requires. A value that one copy adds is valid in all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MIN_VALUES = 3
"""Enums of two values, such as on and off, occur with unrelated meanings."""

_MAX_GROWTH = 3
"""An enum that is longer by more than this factor is a different one."""


class EnumIndex:
    """Finds enums by their values."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Index the enums in these schemas."""
        self._by_value: dict[str, set[frozenset[str]]] = defaultdict(set)
        for enum in {each for document in documents for each in _enum_lists(document)}:
            for value in enum:
                self._by_value[value].add(enum)

    def has_enum(self, values: tuple[str, ...]) -> bool:
        """Return whether CloudFormation has the same enum or a newer version of it."""
        return frozenset(values) in self._by_value.get(values[0], ()) or any(self._supersets(values))

    def add_newer_values(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return the values plus those that newer versions of the enum add."""
        newer_values = {value for enum in self._supersets(values) for value in enum}
        return (*values, *sorted(newer_values - set(values)))

    def _supersets(self, values: tuple[str, ...]) -> Iterator[frozenset[str]]:
        if len(values) >= _MIN_VALUES:
            for enum in self._by_value.get(values[0], ()):
                if len(enum) <= len(values) * _MAX_GROWTH and enum.issuperset(values):
                    yield enum


def _enum_lists(schema: object) -> Iterator[frozenset[str]]:
    if isinstance(schema, dict):
        enum = schema.get("enum")
        if isinstance(enum, list):
            yield frozenset(each for each in enum if isinstance(each, str))
        for part in schema.values():
            yield from _enum_lists(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _enum_lists(part)

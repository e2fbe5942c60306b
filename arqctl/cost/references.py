"""The other resources of a stack, found by what refers to them: an expression in a stack, an id in a plan."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from arqctl.core.assembly import Json
from arqctl.cost.priceable import Priced

_EXPRESSION = re.compile(r"\A\$\{([A-Za-z0-9_]+\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_]+\}\Z")
# By these, another resource's argument names one.
_NAMES = ("id", "arn", "identifier", "name")


class Resources:
    """All resources of a stack, in the order of their addresses."""

    def __init__(self, resources: Iterable[Priced]) -> None:
        self._all = tuple(sorted(resources, key=lambda each: each.address))

    def __iter__(self) -> Iterator[Priced]:
        return iter(self._all)

    def of_type(self, type_: str) -> tuple[Priced, ...]:
        """All of a type."""
        return tuple(each for each in self._all if each.type == type_)

    def find(self, type_: str, reference: Json) -> Priced | None:
        """The one of a type that an argument refers to, or None where that can't be followed."""
        if not isinstance(reference, str) or not reference:
            return None
        expression = _EXPRESSION.match(reference)
        found = self._by_address.get(expression[1]) if expression else self._by_name.get((type_, reference))
        return found if found is not None and found.type == type_ else None

    @cached_property
    def _by_address(self) -> dict[str, Priced]:
        return {each.address: each for each in self._all}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Priced]:
        named: dict[tuple[str, str], Priced] = {}
        for each in self._all:
            for name in _NAMES:
                value = each.values.get(name)
                if isinstance(value, str):
                    named.setdefault((each.type, value), each)
        return named

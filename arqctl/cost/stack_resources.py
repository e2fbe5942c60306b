"""Finds the resources of a stack by type, and by references: expressions in a stack, ids in a plan."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property

from arqctl.core.json_access import Json
from arqctl.cost.assumptions import NO_USAGE, Assumptions
from arqctl.cost.priceable import PriceableResource

_EXPRESSION = re.compile(r"\A\$\{([A-Za-z0-9_]+\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_]+\}\Z")
# Attributes that other resources' arguments refer to.
_REFERENCED_ATTRIBUTES = ("id", "arn", "identifier", "name")


class StackResources:
    """All resources of a stack, sorted by address, and how much they are assumed to be used."""

    def __init__(
        self,
        resources: Iterable[PriceableResource],
        assumptions: Assumptions = NO_USAGE,
        related: Iterable[PriceableResource] = (),
    ) -> None:
        self._related = tuple(related)
        self._all = tuple(sorted(resources, key=lambda each: each.address))
        self._assumptions = assumptions

    def __iter__(self) -> Iterator[PriceableResource]:
        return iter(self._all)

    def usage(self, name: str, resource_name: str = "") -> Decimal:
        """Return an assumed value for a resource with a name; 0 if no usage is assumed."""
        return self._assumptions.value(name, resource_name)

    def of_type(self, type_: str) -> tuple[PriceableResource, ...]:
        """Return all resources of a type."""
        return tuple(each for each in self._all if each.type == type_)

    def find(self, type_: str, reference: Json) -> PriceableResource | None:
        """Return the resource of a type that an argument refers to, or None if it can't be resolved."""
        if not isinstance(reference, str) or not reference:
            return None
        expression = _EXPRESSION.match(reference)
        if reference.startswith("arn:") and (type_, reference) not in self._by_attribute:
            reference = reference.rpartition(":")[2]
        found = (
            self._by_address.get(expression[1]) if expression else self._by_attribute.get((type_, reference))
        )
        return found if found is not None and found.type == type_ else None

    @cached_property
    def _by_address(self) -> dict[str, PriceableResource]:
        return {each.address: each for each in self._all}

    @cached_property
    def _by_attribute(self) -> dict[tuple[str, str], PriceableResource]:
        found: dict[tuple[str, str], PriceableResource] = {}
        for each in (*self._all, *self._related):
            for name in _REFERENCED_ATTRIBUTES:
                value = each.values.get(name)
                if isinstance(value, str):
                    found.setdefault((each.type, value), each)
        return found

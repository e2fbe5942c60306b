"""What this provider has planned so far: parents before children, as Terraform goes.

A resource to be created is known by how its id will begin; one that exists, by its id.
"""

from collections.abc import Callable, Hashable, Iterator
from threading import RLock

from arqctl.offline.aws.checks.resource import Resource, known_prefix
from arqctl.offline.values import Unknown, Value

Key = Callable[[Resource], Hashable | None]

# Terraform may cut a foretold beginning: to 256 bytes, and by a character that could still combine.
_SURELY = 240


class PlannedResources:
    """The planned resources of one provider configuration. Threads may use it at once."""

    def __init__(self) -> None:
        self._turn = RLock()
        self._existing: dict[str, dict[str, Resource]] = {}
        self._coming: dict[str, list[Resource]] = {}
        # For each type and way to tell resources apart: those that have the same key.
        self._alike: dict[tuple[str, Key], dict[Hashable, list[Resource]]] = {}

    def add_planned(self, resource: Resource) -> None:
        """Note that a resource will be as planned. Of a replacement, only what comes is noted."""
        known = resource.get_text("id")
        with self._turn:
            if known:
                self._put(known, resource)
            else:
                self._coming.setdefault(resource.type, []).append(resource)
                self._index(resource)

    def mark_applied(self, resource: Resource) -> None:
        """Note that a planned resource was made, or changed: its values are all known now."""
        known = resource.get_text("id") or ""
        with self._turn:
            coming = self._coming.get(resource.type, [])
            made = next((each for each in coming if _may_be(each.values.get("id"), known)), None)
            if made:
                coming.remove(made)
                self._drop(made)
            self._put(known, resource)

    def remove(self, type: str, id: str) -> None:
        """Note that a resource is gone."""
        with self._turn:
            gone = self._existing.get(type, {}).pop(id, None)
            if gone:
                self._drop(gone)

    def of_type(self, type: str) -> list[Resource]:
        """All that is planned so far of a type."""
        with self._turn:
            return [*self._existing.get(type, {}).values(), *self._coming.get(type, ())]

    def with_same_key(self, resource: Resource, key: Key) -> list[Resource]:
        """The other resources of its type with the same key; none if its key is None.

        `key` is a function of a module: what it says of a resource is kept, so that a thousand of a type take
        no longer than their number.
        """
        wanted = key(resource)
        if wanted is None:
            return []
        with self._turn:
            if (resource.type, key) not in self._alike:
                self._alike[resource.type, key] = {}
                for each in self.of_type(resource.type):
                    self._add(each, key)
            found = self._alike[resource.type, key].get(wanted, [])
            return [each for each in found if not _one(each, resource)]

    def resolve_reference(self, type: str, value: Value, attribute: str = "id") -> list[Resource]:
        """What a reference may mean: one resource, several of equal configuration, or nothing known here."""
        if not known_prefix(value):
            return []
        return [each for each in self.of_type(type) if _same(value, each.values.get(attribute))]

    def refer_to_same(self, type: str, one: Value, other: Value, attribute: str = "id") -> bool:
        """Whether two references surely mean one and the same resource."""
        if not known_prefix(one) or known_prefix(one) != known_prefix(other):
            return False
        # Of equal configurations the foretold beginnings are equal too.
        return isinstance(one, str) or len(self.resolve_reference(type, one, attribute)) == 1

    def _put(self, id: str, resource: Resource) -> None:
        before = self._existing.setdefault(resource.type, {}).get(id)
        if before:
            self._drop(before)
        self._existing[resource.type][id] = resource
        self._index(resource)

    def _index(self, resource: Resource) -> None:
        for key in self._keys(resource.type):
            self._add(resource, key)

    def _drop(self, resource: Resource) -> None:
        for key in self._keys(resource.type):
            same = self._alike[resource.type, key].get(key(resource), [])
            same[:] = [each for each in same if each is not resource]

    def _add(self, resource: Resource, key: Key) -> None:
        value = key(resource)
        if value is not None:
            self._alike[resource.type, key].setdefault(value, []).append(resource)

    def _keys(self, type: str) -> Iterator[Key]:
        return (key for of, key in list(self._alike) if of == type)


def _one(one: Resource, other: Resource) -> bool:
    known = one.get_text("id")
    return one is other or (known is not None and known == other.get_text("id"))


def _may_be(foretold: Value, id: str) -> bool:
    return isinstance(foretold, Unknown) and id.startswith(foretold.prefix)


def _same(reference: Value, foretold: Value) -> bool:
    one, other = known_prefix(reference), known_prefix(foretold)
    if isinstance(reference, str) and isinstance(foretold, str):
        return one == other
    if not one or not other:
        return False
    # Both foretold: equal but for what Terraform cut off. One known: it continues the foretold one.
    if isinstance(reference, Unknown) and isinstance(foretold, Unknown):
        return other.startswith(one) and len(other) - len(one) <= (1 if len(one) < _SURELY else len(other))
    return one.startswith(other) if isinstance(foretold, Unknown) else other.startswith(one)

"""Planned resources of one provider, in Terraform's order: dependencies first.

A resource to create is known by the predicted prefix of its id; an existing one by its id.
"""

from collections.abc import Callable, Hashable, Iterator
from threading import RLock

from arqctl.offline.aws.checks.resource import Resource, known_prefix
from arqctl.offline.values import Unknown, Value

Key = Callable[[Resource], Hashable | None]

# Terraform may shorten a predicted prefix: to 256 bytes, and by a last character that could combine.
_LONGEST_UNCUT_PREFIX = 240


class PlannedResources:
    """The planned resources of one provider configuration. Thread-safe."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._existing: dict[str, dict[str, Resource]] = {}
        self._to_create: dict[str, list[Resource]] = {}
        # For each type and key function, the resources by key.
        self._by_key: dict[tuple[str, Key], dict[Hashable, list[Resource]]] = {}

    def add_planned(self, resource: Resource) -> None:
        """Add a resource as planned. Of a replacement, add only the new resource."""
        resource_id = resource.get_text("id")
        with self._lock:
            if resource_id:
                self._put(resource_id, resource)
            else:
                self._to_create.setdefault(resource.type, []).append(resource)
                self._index(resource)

    def mark_applied(self, resource: Resource) -> None:
        """Replace a planned resource by its applied state, in which all values are known."""
        resource_id = resource.get_text("id") or ""
        with self._lock:
            pending = self._to_create.get(resource.type, [])
            match = next((each for each in pending if _may_become(each.values.get("id"), resource_id)), None)
            if match:
                pending.remove(match)
                self._drop(match)
            self._put(resource_id, resource)

    def remove(self, type: str, id: str) -> None:
        """Remove a deleted resource."""
        with self._lock:
            removed = self._existing.get(type, {}).pop(id, None)
            if removed:
                self._drop(removed)

    def list_of_type(self, type: str) -> list[Resource]:
        """Return all resources of a type that were planned so far."""
        with self._lock:
            return [*self._existing.get(type, {}).values(), *self._to_create.get(type, ())]

    def find_with_same_key(self, resource: Resource, key: Key) -> list[Resource]:
        """Return the other resources of the type with the same key, or none if the key is None.

        `key` must be a module-level function: the results are indexed by function, so that the cost stays
        linear in the number of resources.
        """
        wanted = key(resource)
        if wanted is None:
            return []
        with self._lock:
            if (resource.type, key) not in self._by_key:
                self._by_key[resource.type, key] = {}
                for each in self.list_of_type(resource.type):
                    self._add(each, key)
            found = self._by_key[resource.type, key].get(wanted, [])
            return [each for each in found if not _is_same(each, resource)]

    def resolve_reference(self, type: str, value: Value, attribute: str = "id") -> list[Resource]:
        """Return the resources that a reference may mean: one, several with equal configuration, or none."""
        if not known_prefix(value):
            return []
        return [each for each in self.list_of_type(type) if _may_refer_to(value, each.values.get(attribute))]

    def is_same_resource(self, type: str, one: Value, other: Value, attribute: str = "id") -> bool:
        """Return whether two references definitely mean the same resource."""
        if not known_prefix(one) or known_prefix(one) != known_prefix(other):
            return False
        # Resources with equal configuration have equal predicted prefixes.
        return isinstance(one, str) or len(self.resolve_reference(type, one, attribute)) == 1

    def _put(self, id: str, resource: Resource) -> None:
        existing = self._existing.setdefault(resource.type, {}).get(id)
        if existing:
            self._drop(existing)
        self._existing[resource.type][id] = resource
        self._index(resource)

    def _index(self, resource: Resource) -> None:
        for key in self._keys(resource.type):
            self._add(resource, key)

    def _drop(self, resource: Resource) -> None:
        for key in self._keys(resource.type):
            same = self._by_key[resource.type, key].get(key(resource), [])
            same[:] = [each for each in same if each is not resource]

    def _add(self, resource: Resource, key: Key) -> None:
        value = key(resource)
        if value is not None:
            self._by_key[resource.type, key].setdefault(value, []).append(resource)

    def _keys(self, type: str) -> Iterator[Key]:
        return (key for of, key in list(self._by_key) if of == type)


def _is_same(one: Resource, other: Resource) -> bool:
    resource_id = one.get_text("id")
    return one is other or (resource_id is not None and resource_id == other.get_text("id"))


def _may_become(predicted: Value, id: str) -> bool:
    return isinstance(predicted, Unknown) and id.startswith(predicted.prefix)


def _may_refer_to(reference: Value, predicted: Value) -> bool:
    one, other = known_prefix(reference), known_prefix(predicted)
    if isinstance(reference, str) and isinstance(predicted, str):
        return one == other
    if not one or not other:
        return False
    # If both are predicted, they are equal except for what Terraform cut off. Otherwise the known one starts
    # with the predicted prefix.
    if isinstance(reference, Unknown) and isinstance(predicted, Unknown):
        return other.startswith(one) and len(other) - len(one) <= (
            1 if len(one) < _LONGEST_UNCUT_PREFIX else len(other)
        )
    return one.startswith(other) if isinstance(predicted, Unknown) else other.startswith(one)

"""What this provider has planned so far: parents before children, as Terraform goes.

A resource to be created is known by how its id will begin; one that exists, by its id.
"""

from threading import Lock

from arqctl.offline.aws.relations.resource import Resource, beginning
from arqctl.offline.values import Unknown, Value

# Terraform may cut a foretold beginning: to 256 bytes, and by a character that could still combine.
_SURELY = 240


class Registry:
    """The planned resources of one provider configuration. Threads may use it at once."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._existing: dict[tuple[str, str], Resource] = {}
        self._coming: dict[str, list[Resource]] = {}

    def plan(self, resource: Resource) -> None:
        """Note that a resource will be as planned. Of a replacement, only what comes is noted."""
        with self._turn:
            known = resource.text("id")
            if known:
                self._existing[resource.type, known] = resource
            else:
                self._coming.setdefault(resource.type, []).append(resource)

    def make(self, resource: Resource) -> None:
        """Note that a planned resource was made, or changed: its values are all known now."""
        known = resource.text("id") or ""
        with self._turn:
            coming = self._coming.get(resource.type, [])
            made = next((each for each in coming if _may_be(each.values.get("id"), known)), None)
            if made:
                coming.remove(made)
            self._existing[resource.type, known] = resource

    def destroy(self, type: str, id: str) -> None:
        """Note that a resource is gone."""
        with self._turn:
            self._existing.pop((type, id), None)

    def of_type(self, type: str) -> list[Resource]:
        """All that is planned so far of a type."""
        with self._turn:
            existing = [each for (of, _), each in self._existing.items() if of == type]
            return existing + list(self._coming.get(type, ()))

    def referred(self, type: str, value: Value, attribute: str = "id") -> list[Resource]:
        """What a reference may mean: one resource, several of equal configuration, or nothing known here."""
        if not beginning(value):
            return []
        return [each for each in self.of_type(type) if _same(value, each.values.get(attribute))]

    def same(self, type: str, one: Value, other: Value, attribute: str = "id") -> bool:
        """Whether two references surely mean one and the same resource."""
        if not beginning(one) or beginning(one) != beginning(other):
            return False
        # Of equal configurations the foretold beginnings are equal too.
        return isinstance(one, str) or len(self.referred(type, one, attribute)) == 1


def _may_be(foretold: Value, id: str) -> bool:
    return isinstance(foretold, Unknown) and id.startswith(foretold.prefix)


def _same(reference: Value, foretold: Value) -> bool:
    one, other = beginning(reference), beginning(foretold)
    if isinstance(reference, str) and isinstance(foretold, str):
        return one == other
    if not one or not other:
        return False
    # Both foretold: equal but for what Terraform cut off. One known: it continues the foretold one.
    if isinstance(reference, Unknown) and isinstance(foretold, Unknown):
        return other.startswith(one) and len(other) - len(one) <= (1 if len(one) < _SURELY else len(other))
    return one.startswith(other) if isinstance(foretold, Unknown) else other.startswith(one)

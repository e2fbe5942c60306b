"""A place of two values, and all that is known of it: what Terraform hides there, and what it forces."""

from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.assembly import Body, Json
from arqctl.review.masking import is_secret_name, is_secret_part, named_by_sibling

Forcing = tuple[tuple[Json, ...], ...]
"""What is left of the paths that force a replacement, as seen from a place; an empty one ends here."""


@dataclass(slots=True)
class Pair:
    """Two values of one place. `unknown` and `masks` have the shape of the values.

    `name` is the nearest name above, by which secrets are known; `is_secret` tells that one of the names
    above is a secret's, or that a sibling says so. `within_json` tells that it is part of a JSON text.
    """

    path: str
    name: str
    before: Json
    after: Json
    unknown: Json = False
    before_mask: Json = False
    after_mask: Json = False
    forcing: Forcing = ()
    is_secret: bool = False

    @property
    def is_masked(self) -> bool:
        """Whether the schema says that all of it is secret. `{}` says that nothing is."""
        return self.before_mask is True or self.after_mask is True

    @property
    def forces(self) -> bool:
        """Whether a difference here forces a replacement: of this place, one above, or one below."""
        return bool(self.forcing)

    def child(self, name: str) -> "Pair":
        """The values under a name in both objects."""
        before, after = object_of(self.before), object_of(self.after)
        return Pair(
            path=f"{self.path}.{name}" if self.path else name,
            name=name,
            before=before.get(name),
            after=after.get(name),
            unknown=_below(self.unknown, name),
            before_mask=_below(self.before_mask, name),
            after_mask=_below(self.after_mask, name),
            forcing=tuple(_remaining(self.forcing, name)) if self.forcing else (),
            is_secret=(self.is_secret and is_secret_part(name))
            or is_secret_name(name)
            or named_by_sibling(name, after or before),
        )

    def element(self, before_at: int | None, after_at: int | None, label: str) -> "Pair":
        """The elements at two positions of both lists; None where there is no such element."""
        before, after = _at(self.before, before_at), _at(self.after, after_at)
        return Pair(
            path=f"{self.path}[{label}]" if label else self.path,
            name=self.name,
            before=before,
            after=after,
            unknown=_at(self.unknown, after_at) or False,
            before_mask=_at(self.before_mask, before_at) or False,
            after_mask=_at(self.after_mask, after_at) or False,
            forcing=tuple(_remaining(self.forcing, before_at, after_at, before, after)),
            is_secret=self.is_secret,
        )


def object_of(value: Json) -> Body:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Json) -> list[Json]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def is_nothing(value: Json) -> bool:
    """Whether there is nothing: Terraform writes absence as null, as no key, or as no element."""
    return value is None or value in ([], {})


def is_unknown(unknown: Json) -> bool:
    """Whether anything here is known after apply only."""
    if isinstance(unknown, dict):
        return any(map(is_unknown, unknown.values()))
    return any(map(is_unknown, unknown)) if isinstance(unknown, list) else unknown is True


def _remaining(forcing: Forcing, *steps: Json) -> Iterator[tuple[Json, ...]]:
    """What is left of each path after one of these steps: a set's element is stepped into by its value."""
    for path in forcing:
        if not path:
            yield path
        elif any(step is not None and path[0] == step for step in steps):
            yield path[1:]


def _below(mask: Json, name: str) -> Json:
    return True if mask is True else object_of(mask).get(name, False)


def _at(values: Json, position: int | None) -> Json:
    if position is None:
        return None
    if values is True:
        return True
    elements = list_of(values)
    return elements[position] if position < len(elements) else None

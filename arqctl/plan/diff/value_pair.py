"""Pair of values at one place, with its sensitivity, unknown marks and forced replacement."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from arqctl.core.json_access import Json, as_list, as_object
from arqctl.plan.diff.texts import shorten
from arqctl.plan.redact.redact import (
    is_secret_by_sibling,
    is_secret_content,
    is_secret_name,
    is_secret_part,
    redact,
)

Forcing = tuple[tuple[Json, ...], ...]
"""Remaining steps of the paths that force a replacement; an empty path ends here."""
_LONGEST_NAME = 60
_USER_OPTIONS = ("-u", "--user")


@dataclass(slots=True)
class ValuePair:
    """Two values of one place. `unknown` and the masks have the shape of the values.

    `path` is redacted. `name` is the nearest name above. `is_secret` means that a name above, or a sibling,
    marks the place as secret. `is_unordered` means that the order of lists has no meaning. `within` counts
    the texts of JSON around the place.
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
    is_unordered: bool = False
    within: int = 0

    @property
    def is_masked(self) -> bool:
        """Whether the schema marks all of it as sensitive. `{}` marks nothing."""
        return self.before_mask is True or self.after_mask is True

    @property
    def forces(self) -> bool:
        """Whether a difference here forces a replacement: of this place, one above, or one below."""
        return bool(self.forcing)

    @property
    def length(self) -> int:
        """Number of elements after the change. The values may omit unknown ones at the end."""
        return max(len(as_list(self.after)), len(as_list(self.unknown)))

    def child(self, name: str) -> "ValuePair":
        """Return the pair below a name."""
        before, after = as_object(self.before), as_object(self.after)
        shown = display_name(name)
        is_content = is_secret_content(name, before) or is_secret_content(name, after)
        return ValuePair(
            path=f"{self.path}.{shown}" if self.path else shown,
            name=name,
            before=before.get(name),
            after=after.get(name),
            unknown=_below(self.unknown, name),
            before_mask=is_content or _below(self.before_mask, name),
            after_mask=is_content or _below(self.after_mask, name),
            forcing=tuple(_remaining(self.forcing, name)) if self.forcing else (),
            is_secret=(self.is_secret and is_secret_part(name))
            or is_secret_name(name)
            or is_secret_by_sibling(name, before)
            or is_secret_by_sibling(name, after),
            is_unordered=self.is_unordered,
            within=self.within,
        )

    def element(self, before_at: int | None, after_at: int | None, label: str) -> "ValuePair":
        """Return the pair of elements at two positions; None means no such element."""
        before, after = _at(self.before, before_at), _at(self.after, after_at)
        steps = (before_at, after_at, before, after)
        return replace(
            self,
            path=f"{self.path}[{label}]" if label else self.path,
            before=before,
            after=after,
            unknown=_at(self.unknown, after_at) or False,
            before_mask=_mask_at(self.before_mask, before_at, len(as_list(self.before))),
            after_mask=_mask_at(self.after_mask, after_at, len(as_list(self.after))),
            forcing=tuple(_remaining(self.forcing, *steps)) if self.forcing else (),
            is_secret=self.is_secret
            or _is_told_secret(self.before, before_at)
            or _is_told_secret(self.after, after_at),
        )

    def parsed_pair(self, before: Json, after: Json, *, is_unordered: bool) -> "ValuePair":
        """Return the pair of parsed texts, as sensitive and as forcing as the texts are."""
        forcing: Forcing = ((),) if self.forcing else ()
        return ValuePair(
            path=self.path,
            name=self.name,
            before=before,
            after=after,
            forcing=forcing,
            is_secret=self.is_secret,
            is_unordered=is_unordered,
            within=self.within + 1,
        )


def is_absent(value: Json) -> bool:
    """Return whether a value is absent: null, a missing key, or an empty list."""
    if isinstance(value, dict):
        return all(map(is_absent, value.values()))
    return value is None or value == []


def is_marked(mask: Json) -> bool:
    """Return whether a mask marks anything as unknown or sensitive."""
    if isinstance(mask, dict):
        return any(map(is_marked, mask.values()))
    return any(map(is_marked, mask)) if isinstance(mask, list) else mask is True


@lru_cache(maxsize=8192)
def display_name(name: str) -> str:
    """Return a name for display, redacted: users choose the keys of maps."""
    return shorten(" ".join(redact(name).split()), _LONGEST_NAME)


def _remaining(forcing: Forcing, *steps: Json) -> Iterator[tuple[Json, ...]]:
    """Yield the rest of each path after one of these steps; the step into a set is the element's value."""
    for path in forcing:
        if not path:
            yield path
        elif any(step is not None and path[0] == step for step in steps):
            yield path[1:]


def _below(mask: Json, name: str) -> Json:
    return True if mask is True else as_object(mask).get(name, False)


def _at(values: Json, position: int | None) -> Json:
    if position is None:
        return None
    if values is True:
        return True
    elements = as_list(values)
    return elements[position] if position < len(elements) else None


def _is_told_secret(values: Json, position: int | None) -> bool:
    """Return whether the option before an element marks it as secret: `--password`, `-u`."""
    if not position or position >= len(as_list(values)):
        return False
    option, value = as_list(values)[position - 1 : position + 1]
    if not isinstance(option, str) or not isinstance(value, str) or option[:1] != "-" or value[:1] == "-":
        return False
    return is_secret_name(option.lstrip("-")) or (option in _USER_OPTIONS and ":" in value)


def _mask_at(mask: Json, position: int | None, length: int) -> Json:
    """Return the mask of an element. If positions are lost, one sensitive element makes all sensitive."""
    masks = as_list(mask)
    if mask is True or position is None or len(masks) == length:
        return _at(mask, position) or False
    return any(map(is_marked, masks))

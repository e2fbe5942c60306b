"""Marks a value as sensitive everywhere if Terraform marks it anywhere: computed copies lose the mark."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from arqctl.core.json_access import Json
from arqctl.plan.model import Change, Plan, ResourceChange
from arqctl.plan.redact.redact import SECRET

_SHORTEST = 8
"""Shorter texts are often ordinary words."""


def propagate_sensitivity(plan: Plan, unchanged: Iterable[Change] = ()) -> Plan:
    """Return the plan with a mark on every text that is marked in it or in what the plan leaves unchanged."""
    rows = (*plan.resources, *plan.drift, *plan.deferred)
    changes = (*(row.change for row in rows), *(change for _, change in plan.outputs), *unchanged)
    secrets = frozenset(text for change in changes for text in _secrets(change))
    if not secrets:
        return plan

    def marked(rows: tuple[ResourceChange, ...]) -> tuple[ResourceChange, ...]:
        return tuple(
            replace(
                row,
                change=_mark_change(row.change, secrets),
                importing=SECRET if row.importing in secrets else row.importing,
            )
            for row in rows
        )

    return replace(
        plan,
        resources=marked(plan.resources),
        drift=marked(plan.drift),
        deferred=marked(plan.deferred),
        outputs=tuple((name, _mark_change(change, secrets)) for name, change in plan.outputs),
    )


def _secrets(change: Change) -> Iterator[str]:
    for value, mask in ((change.before, change.before_sensitive), (change.after, change.after_sensitive)):
        yield from _texts(value, mask)


def _texts(value: Json, mask: Json) -> Iterator[str]:
    """Yield every marked text."""
    if isinstance(value, str):
        if mask is True and len(value) >= _SHORTEST:
            yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, _of_name(mask, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _texts(part, _of_position(mask, at))


def _mark_change(change: Change, secrets: Set[str]) -> Change:
    before = _extend_mask(change.before, change.before_sensitive, secrets)
    after = _extend_mask(change.after, change.after_sensitive, secrets)
    return replace(change, before_sensitive=before, after_sensitive=after)


def _extend_mask(value: Json, mask: Json, secrets: Set[str]) -> Json:
    """Return the mask, true for secrets too."""
    if mask is True or (isinstance(value, str) and value in secrets):
        return True
    if isinstance(value, dict):
        marks = mask if isinstance(mask, dict) else {}
        parts = {
            name: _extend_mask(value.get(name), marks.get(name, False), secrets) for name in value | marks
        }
        return {name: part for name, part in parts.items() if part not in (False, {}, [])}
    if isinstance(value, list) and (not isinstance(mask, list) or len(mask) in (0, len(value))):
        masks = [_extend_mask(part, _of_position(mask, at), secrets) for at, part in enumerate(value)]
        return masks if any(part not in (False, {}, []) for part in masks) else []
    return mask


def _of_name(mask: Json, name: str) -> Json:
    return True if mask is True else mask.get(name, False) if isinstance(mask, dict) else False


def _of_position(mask: Json, at: int) -> Json:
    if mask is True:
        return True
    return mask[at] if isinstance(mask, list) and at < len(mask) else False

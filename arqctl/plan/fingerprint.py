"""Fingerprint of plans: equal for plans with equal effects, whenever they were made."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json
from arqctl.plan.model import Action, Change, Plan, ResourceChange

# 128 bits: two different plans can't be made to share a fingerprint.
_LENGTH = 32
# A path without a value.
_ABSENT = "(absent)"


def fingerprint(plans: Iterable[Plan]) -> str:
    """Return thirty-two hexadecimal digits over the effects of all plans, stack by stack.

    Unchanged values are left out: they may change between review and deployment, and don't change the
    effects. So are versions of tools, times, and any order.
    """
    return combine_fingerprints({plan.stack: _plan_fingerprint(plan) for plan in plans})


def combine_fingerprints(fingerprints: Mapping[str, str]) -> str:
    """Return the fingerprint of several stacks from the fingerprint of each; that of one stack is its own."""
    if len(fingerprints) == 1:
        return next(iter(fingerprints.values()))
    return _digest(dict(fingerprints))


def _plan_fingerprint(plan: Plan) -> str:
    return _digest([plan.stack, *sorted(_effects(plan))])


def _digest(of: Json) -> str:
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:_LENGTH]


def _effects(plan: Plan) -> Iterator[str]:
    """Yield a line for each effect. The lines are never published: even a digest can reveal a secret."""
    for resource in (*plan.resources, *plan.deferred):
        if resource.mode == "managed":
            yield from _resource_effects(resource)
    for name, change in plan.outputs:
        yield f"output {name} {change.action}"
        yield from (f"output {name} {path}" for path in _changed_paths(change))
    if plan.is_errored:
        yield "the plan ended in an error"


def _resource_effects(resource: ResourceChange) -> Iterator[str]:
    who = " ".join(filter(None, (resource.address, resource.deposed)))
    yield f"{who} {resource.change.action}"
    if resource.previous_address:
        yield f"{who} moves from {resource.previous_address}"
    if resource.importing:
        yield f"{who} is imported from {resource.importing}"
    for path in _changed_paths(resource.change):
        yield f"{who} {path}"


def _changed_paths(change: Change) -> Iterator[str]:
    """Yield each path that differs with the digests of both values; nothing for a deletion."""
    if change.action in (Action.DELETE, Action.FORGET):
        return
    before = dict(_leaves(change.before, False, ()))
    after = dict(_leaves(change.after, change.after_unknown, ()))
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, _ABSENT), after.get(path, _ABSENT)
        if old != new:
            yield f"{'.'.join(path)}: {old} -> {new}"


def _leaves(value: Json, unknown: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every value without parts, by its path. Null counts as absent."""
    if unknown is True:
        yield path, KNOWN_AFTER_APPLY
        return
    parts, unknown_parts = _parts(value), _parts(unknown)
    if not parts and not unknown_parts:
        if value is not None and value not in ([], {}):
            yield path, _digest(value)
        return
    for name in parts.keys() | unknown_parts.keys():
        yield from _leaves(parts.get(name), unknown_parts.get(name, False), (*path, name))


def _parts(value: Json) -> dict[str, Json]:
    if isinstance(value, dict):
        return value
    return {str(number): each for number, each in enumerate(value)} if isinstance(value, list) else {}

"""What guards data from loss, and what of it a change weakens. The arguments are in protections.toml.

`prevent_destroy` can't be seen here: it is part of the configuration, not of a plan.
"""

import math
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from arqctl.core.assembly import Json
from arqctl.plan.model import Change, ResourceChange
from arqctl.plan.redact.redact import SECRET, hide

_SWITCHES = ("true", "false")
_OF_WORDS = ("among", "rising")
_NAMED = 3
"""Members that are named; the rest is counted."""
UNKNOWN = "(known after apply)"
_MOST = 10**15
"""A number of days that is as good as any greater."""
Strength = Callable[[Json], float]


@dataclass(frozen=True, slots=True)
class Weakened:
    """A protection that a change weakens or that a deletion lacks, by its argument.

    `says` is for a person. `before` and `after` are a switch, a number or a word of AWS's, never a secret.
    `after` is "" for a deletion.
    """

    argument: str
    says: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Guard:
    """An argument that guards, and how well each value of it does: the greater the better."""

    section: str
    argument: str
    steps: tuple[str, ...]
    type: str
    what: str
    strength: Strength


def weakened(change: Change, type_: str) -> Iterator[Weakened]:
    """Every protection that is less after a change than before."""
    for guard in _concerned(_guards_of(type_), change.before, change.after, change.after_unknown):
        before, after = _found(change.before, guard.steps), _found(change.after, guard.steps)
        weakest = _weakest(guard, before)
        told = _text(before, guard, change.before_sensitive)
        if any(value is True for value in _found(change.after_unknown, guard.steps)):
            if weakest > guard.strength(_worst(guard)):
                yield _of(guard, told, UNKNOWN)
        elif _weakest(guard, after) < weakest:
            yield _of(guard, told, _text(after, guard, change.after_sensitive))
    yield from _fewer(change, type_)


def _fewer(change: Change, type_: str) -> Iterator[Weakened]:
    """Every list of which each member guards, and that has fewer of them after a change."""
    for guard in _concerned(_lists_of(type_), change.before):
        before, after, unknown = (
            _found(side, guard.steps) for side in (change.before, change.after, change.after_unknown)
        )
        gone = [each for each in before if each not in after]
        if gone:
            is_secret = True in _found(change.before_sensitive, guard.steps)
            told = SECRET if is_secret else _members(gone)
            if True in unknown:
                yield _of(guard, told, UNKNOWN)
            else:
                yield Weakened(guard.argument, f"{guard.what}: without {told}", told)


def _members(values: list[Json]) -> str:
    more = len(values) - _NAMED
    named = ", ".join(hide(value) for value in values[:_NAMED] if isinstance(value, str))
    return f"{named} and {more:,} more" if more > 0 else named


def at_deletion(resource: ResourceChange) -> Iterator[Weakened]:
    """What stands, or doesn't, between a resource and its deletion."""
    before = resource.change.before
    if not isinstance(before, dict):
        return
    for guard in _concerned(_guards_of(resource.type), before):
        values = _found(before, guard.steps)
        told = _text(values, guard, resource.change.before_sensitive)
        if guard.section == "refuses":
            on = _weakest(guard, values) > 0
            says = f"{guard.what} is on: AWS refuses to delete it" if on else f"{guard.what} is off"
            yield Weakened(guard.argument, says, told)
        elif guard.section == "off" and not _weakest(guard, values):
            yield Weakened(guard.argument, f"without {guard.what}", told)
        elif guard.section == "windows" and values != [None]:
            yield Weakened(guard.argument, f"{guard.what}: {told}", told)
    if before.get("skip_final_snapshot") is False and not before.get("final_snapshot_identifier"):
        yield Weakened("final_snapshot_identifier", "the final snapshot has no name: its deletion fails")


def guarding(type_: str) -> str:
    """What goes with a resource that is a guard itself, or ""."""
    return str(_document()["guards"].get(type_, ""))


def _of(guard: _Guard, before: str, after: str) -> Weakened:
    return Weakened(guard.argument, f"{guard.what}: {before} → {after}", before, after)


def _worst(guard: _Guard) -> Json:
    """The value that counts for one that isn't known: what guards least, but where any value guards."""
    worst: dict[str, Json] = {"off": True, "more_or_forever": 1, "present": UNKNOWN}
    return worst.get(guard.section)


def _weakest(guard: _Guard, values: list[Json]) -> float:
    """How well the least of the values guards; without any, how well absence does."""
    return min(map(guard.strength, values), default=guard.strength(None))


def _text(values: list[Json], guard: _Guard, mask: Json) -> str:
    """The weakest of the values, where it is a switch, a number or a word of AWS's, and isn't marked."""
    if any(marked is True for marked in _found(mask, guard.steps)):
        return SECRET
    value = min(values, key=guard.strength, default=None)
    match value:
        case bool():
            return "true" if value else "false"
        case None | "":
            return "none"
        case int() | float():
            return str(value)
        case str() if value in _SWITCHES or (guard.section in _OF_WORDS and hide(value) == value):
            return value
    return "set"


def _found(value: Json, steps: tuple[str, ...]) -> list[Json]:
    """The values at a path, through every element of a list of blocks."""
    if isinstance(value, list):
        return [found for each in value for found in _found(each, steps)]
    if not steps:
        return [value]
    if value is True:
        return [True]
    return _found(value[steps[0]], steps[1:]) if isinstance(value, dict) and steps[0] in value else []


def _is_on(value: Json) -> float:
    return float(value is True or value == "true")


def _is_off(value: Json) -> float:
    return 1 - _is_on(value)


def _number(value: Json) -> float:
    return float(min(value, _MOST)) if isinstance(value, int | float) else 0.0


def _number_or_forever(value: Json) -> float:
    return _number(value) or math.inf


def _is_there(value: Json) -> float:
    return float(value not in (None, ""))


_STRENGTHS: dict[str, Strength] = {
    "refuses": _is_on,
    "on": _is_on,
    "off": _is_off,
    "more": _number,
    "windows": _number,
    "more_or_forever": _number_or_forever,
    "present": _is_there,
}


def _concerned(guards: tuple[_Guard, ...], *values: Json) -> list[_Guard]:
    """Those of which any of the values has the argument."""
    names = {name for value in values if isinstance(value, dict) for name in value}
    return [guard for guard in guards if guard.steps[0] in names]


@cache
def _guards_of(type_: str) -> tuple[_Guard, ...]:
    """Those that a resource of a type can have; a large plan asks for the same few types again and again."""
    return tuple(guard for guard in _guards() if guard.type in ("", type_))


@cache
def _lists_of(type_: str) -> tuple[_Guard, ...]:
    return tuple(guard for guard in _lists() if guard.type in ("", type_))


@cache
def _guards() -> tuple[_Guard, ...]:
    document = _document()
    simple = (
        _guard(section, key, what, strength)
        for section, strength in _STRENGTHS.items()
        for key, what in document[section].items()
    )
    among = (
        _guard(section, key, entry["what"], strength(entry["guard"]))
        for section, strength in (("among", _is_among), ("rising", _rises))
        for key, entry in document[section].items()
    )
    return (*simple, *among)


@cache
def _lists() -> tuple[_Guard, ...]:
    members = _document()["members"]
    return tuple(_guard("members", key, what, _is_there) for key, what in members.items())


def _is_among(guarding: list[Json]) -> Strength:
    return lambda value: float(value in guarding)


def _rises(values: list[Json]) -> Strength:
    return lambda value: float(values.index(value) + 1 if value in values else 0)


def _guard(section: str, key: str, what: str, strength: Strength) -> _Guard:
    type_, _, argument = key.rpartition(":")
    return _Guard(section, argument, tuple(argument.split(".")), type_, what, strength)


@cache
def _document() -> dict[str, dict[str, Any]]:
    text = files("arqctl.plan.risk").joinpath("protections.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

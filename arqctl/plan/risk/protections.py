"""Finds protections that a change weakens. protections.toml lists their arguments.

`prevent_destroy` can't be seen here: it is part of the configuration, not of a plan.
"""

import math
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from arqctl.core.json_access import KNOWN_AFTER_APPLY, Json
from arqctl.plan.model import Change, ResourceChange
from arqctl.plan.redact.redact import SECRET, redact

_SWITCHES = ("true", "false")
_OF_WORDS = ("safe_values", "unsafe_values", "ordered_values", "tls_policies")
_STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")
_OLDEST_TLS = re.compile(r"-1-([0-3])(?:-|$)")
_NAMED = 3
"""Members that are named in a message; the others are counted."""
_MOST = 10**15
"""Upper limit of numbers: more days than this make no difference."""
Strength = Callable[[Json], float]


@dataclass(frozen=True, slots=True)
class WeakenedProtection:
    """A protection that a change weakens or that a deletion lacks, by its argument.

    `message` is for people. `before` and `after` are a switch, a number or a keyword of AWS, never a secret.
    `after` is "" for a deletion.
    """

    argument: str
    message: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Protection:
    """An argument that protects, and how well each value does: greater is safer."""

    section: str
    argument: str
    steps: tuple[str, ...]
    type: str
    what: str
    strength: Strength


def weakened_protections(change: Change, type_: str) -> Iterator[WeakenedProtection]:
    """Yield every protection that is weaker after a change than before."""
    for protection in _relevant_protections(
        _protections_of(type_), change.before, change.after, change.after_unknown
    ):
        before, after = _found(change.before, protection.steps), _found(change.after, protection.steps)
        weakest = _weakest(protection, before)
        before_text = _text(before, protection, change.before_sensitive)
        if any(value is True for value in _found(change.after_unknown, protection.steps)):
            if weakest > protection.strength(_worst(protection)):
                yield _weakened(protection, before_text, KNOWN_AFTER_APPLY)
        elif _weakest(protection, after) < weakest:
            yield _weakened(protection, before_text, _text(after, protection, change.after_sensitive))
    yield from _lost_members(change, type_)


def _lost_members(change: Change, type_: str) -> Iterator[WeakenedProtection]:
    """Yield every list of protecting members that loses a member."""
    for protection in _relevant_protections(_list_protections_of(type_), change.before):
        before, after, unknown = (
            _found(side, protection.steps) for side in (change.before, change.after, change.after_unknown)
        )
        gone = [each for each in before if each not in after]
        if gone:
            is_secret = True in _found(change.before_sensitive, protection.steps)
            before_text = SECRET if is_secret else _members(gone)
            if True in unknown:
                yield _weakened(protection, before_text, KNOWN_AFTER_APPLY)
            else:
                yield WeakenedProtection(
                    protection.argument, f"{protection.what}: without {before_text}", before_text
                )


def _members(values: list[Json]) -> str:
    more = len(values) - _NAMED
    named = ", ".join(redact(value) for value in values[:_NAMED] if isinstance(value, str))
    return f"{named} and {more:,} more" if more > 0 else named


def protections_at_deletion(resource: ResourceChange) -> Iterator[WeakenedProtection]:
    """Yield the protections that a resource has against deletion, and those that it lacks."""
    before = resource.change.before
    if not isinstance(before, dict):
        return
    for protection in _relevant_protections(_protections_of(resource.type), before):
        values = _found(before, protection.steps)
        before_text = _text(values, protection, resource.change.before_sensitive)
        if protection.section == "refuses_deletion":
            on = _weakest(protection, values) > 0
            message = (
                f"{protection.what} is on: AWS refuses to delete it" if on else f"{protection.what} is off"
            )
            yield WeakenedProtection(protection.argument, message, before_text)
        elif protection.section == "disabled" and not _weakest(protection, values):
            yield WeakenedProtection(protection.argument, f"without {protection.what}", before_text)
        elif protection.section == "recovery_windows" and values != [None]:
            yield WeakenedProtection(protection.argument, f"{protection.what}: {before_text}", before_text)
    if before.get("skip_final_snapshot") is False and not before.get("final_snapshot_identifier"):
        yield WeakenedProtection(
            "final_snapshot_identifier", "the final snapshot has no name, so the deletion fails"
        )


def protection_of_type(type_: str) -> str:
    """Return the protection that a resource of this type is, or ""."""
    return str(_document()["protective_types"].get(type_, ""))


def _weakened(protection: _Protection, before: str, after: str) -> WeakenedProtection:
    return WeakenedProtection(protection.argument, f"{protection.what}: {before} → {after}", before, after)


def _worst(protection: _Protection) -> Json:
    """Return the weakest value that an unknown value can turn out to be."""
    worst: dict[str, Json] = {
        "disabled": True,
        "higher_or_unlimited": 1,
        "present": KNOWN_AFTER_APPLY,
        "unsafe_values": KNOWN_AFTER_APPLY,
    }
    return worst.get(protection.section)


def _weakest(protection: _Protection, values: list[Json]) -> float:
    """Return the strength of the weakest value, or of an absent one."""
    return min(map(protection.strength, values), default=protection.strength(None))


def _text(values: list[Json], protection: _Protection, mask: Json) -> str:
    """Return the weakest value as a text, if it is a boolean, a number or a keyword and not sensitive."""
    if any(marked is True for marked in _found(mask, protection.steps)):
        return SECRET
    value = min(values, key=protection.strength, default=None)
    match value:
        case bool():
            return "true" if value else "false"
        case None | "":
            return "none"
        case int() | float():
            return str(value)
        case str() if value in _SWITCHES or (protection.section in _OF_WORDS and redact(value) == value):
            return value
    return "set"


def _found(value: Json, steps: tuple[str, ...]) -> list[Json]:
    """Return the values at a path, through every element of a list of blocks.

    A step `[name]` selects the blocks with that `name`.
    """
    if isinstance(value, list):
        return [found for each in value for found in _found(each, steps)]
    if not steps:
        return [value]
    if value is True:
        return [True]
    if steps[0].startswith("["):
        is_named = isinstance(value, dict) and value.get("name") == steps[0][1:-1]
        return _found(value, steps[1:]) if is_named else []
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


def _tls_policy(value: Json) -> float:
    """Rank a security policy: by its oldest TLS version, by TLS 1.3, and then by its ciphers."""
    name = value if isinstance(value, str) else ""
    oldest = _OLDEST_TLS.search(name)
    if not oldest:
        return 0.0
    ciphers = 2 if "-Res" in name else 0 if "-Ext" in name else 1
    return 1 + int(oldest[1]) * 100 + ("TLS13" in name) * 10 + ciphers


_STRENGTHS: dict[str, Strength] = {
    "refuses_deletion": _is_on,
    "enabled": _is_on,
    "disabled": _is_off,
    "higher": _number,
    "recovery_windows": _number,
    "higher_or_unlimited": _number_or_forever,
    "present": _is_there,
    "tls_policies": _tls_policy,
}


def _relevant_protections(protections: tuple[_Protection, ...], *values: Json) -> list[_Protection]:
    """Return the protections whose argument any of the values has."""
    names = {name for value in values if isinstance(value, dict) for name in value}
    return [protection for protection in protections if protection.steps[0] in names]


@cache
def _protections_of(type_: str) -> tuple[_Protection, ...]:
    """Return the protections of a type; cached, since a large plan has few types."""
    return tuple(protection for protection in _protections() if protection.type in ("", type_))


@cache
def _list_protections_of(type_: str) -> tuple[_Protection, ...]:
    return tuple(protection for protection in _list_protections() if protection.type in ("", type_))


@cache
def _protections() -> tuple[_Protection, ...]:
    document = _document()
    simple = (
        _protection(section, key, what, strength)
        for section, strength in _STRENGTHS.items()
        for key, what in document[section].items()
    )
    among = (
        _protection(section, key, entry["what"], strength(entry["safe"]))
        for section, strength in (("safe_values", _is_among), ("ordered_values", _rises))
        for key, entry in document[section].items()
    )
    not_among = (
        _protection("unsafe_values", key, entry["what"], _is_not_among(entry["unsafe"]))
        for key, entry in document["unsafe_values"].items()
    )
    return (*simple, *among, *not_among)


@cache
def _list_protections() -> tuple[_Protection, ...]:
    members = _document()["members"]
    return tuple(_protection("members", key, what, _is_there) for key, what in members.items())


def _is_among(safe: list[Json]) -> Strength:
    return lambda value: float(value in safe)


def _is_not_among(unsafe: list[Json]) -> Strength:
    return lambda value: float(value not in (*unsafe, KNOWN_AFTER_APPLY))


def _rises(values: list[Json]) -> Strength:
    return lambda value: float(values.index(value) + 1 if value in values else 0)


def _protection(section: str, key: str, what: str, strength: Strength) -> _Protection:
    type_, _, argument = key.rpartition(":")
    return _Protection(section, argument, tuple(_STEP.findall(argument)), type_, what, strength)


@cache
def _document() -> dict[str, dict[str, Any]]:
    text = files("arqctl.plan.risk").joinpath("protections.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

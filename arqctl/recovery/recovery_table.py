"""The recovery of an environment, from the output `recovery` of its AWS stack."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

_OUTPUT: Final = "recovery"
_FIX: Final = "Synthesize it with the same version of the library"


@dataclass(frozen=True, kw_only=True)
class Times:
    """The time until recovery and the time of lost changes, in seconds. `lost` is None for all contents."""

    recovery: float
    lost: float | None


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to recover. `steps` are the figures whose sum is the time, with their seconds."""

    how: str
    times: Times
    steps: tuple[tuple[str, float], ...]
    figures: tuple[str, ...]
    runbook: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A data set after a loss. `way` is None if it is lost for good; `reason` accepts that."""

    loss: str
    data: str
    objective: Times | None
    reason: str
    way: Way | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure from which times follow: `kind` is published, measured or assumed."""

    title: str
    value: float
    unit: str
    kind: str
    source: str


@dataclass(frozen=True, kw_only=True)
class RecoveryTable:
    """All rows of an environment, and the figures by name."""

    rows: tuple[Row, ...]
    figures: Mapping[str, Figure]


def find_recovery(environment: str, stacks: Sequence[Stack]) -> RecoveryTable:
    """Return the recovery of an environment.

    Raises:
        InputError: if it has no objectives, or an invalid output.
    """
    for stack in stacks:
        output = as_object(as_object(stack.document.get("output")).get(_OUTPUT))
        if output:
            return _read(environment, as_text(output.get("value")))
    raise InputError([Problem(environment, f"has no output {_OUTPUT}", _FIX)])


def _read(environment: str, text: str) -> RecoveryTable:
    try:
        document = as_object(json.loads(text))
        rows = tuple(_row(as_object(each)) for each in as_list(document.get("recovery")))
        known = as_object(document.get("figures"))
        figures = {name: _figure(as_object(each)) for name, each in known.items()}
    except (ValueError, KeyError, TypeError) as error:
        what = f"the output {_OUTPUT} is invalid: {error}"
        raise InputError([Problem(environment, what, _FIX)]) from None
    unknown = sorted({name for row in rows if row.way for name in row.way.figures} - set(figures))
    if unknown:
        what = f"the output {_OUTPUT} lacks the figures {', '.join(unknown)}"
        raise InputError([Problem(environment, what, _FIX)])
    if not any(row.objective for row in rows):
        raise InputError([Problem(environment, "has no recovery objectives", "Set recovery in its file")])
    return RecoveryTable(rows=rows, figures=figures)


def _row(value: Body) -> Row:
    objective, way = as_object(value["objective"]), as_object(value["reachable"])
    return Row(
        loss=as_text(value["loss"]),
        data=as_text(value["data"]),
        objective=_times(objective) if objective else None,
        reason=as_text(value["reason"]),
        way=_way(way) if way else None,
    )


def _way(value: Body) -> Way:
    steps = [as_list(each) for each in as_list(value["steps"])]
    return Way(
        how=as_text(value["how"]),
        times=_times(value),
        steps=tuple((as_text(name), _number(seconds)) for name, seconds in steps),
        figures=tuple(as_text(each) for each in as_list(value["figures"])),
        runbook=as_text(value["runbook"]),
    )


def _times(value: Body) -> Times:
    lost = value["rpo_seconds"]
    return Times(recovery=_number(value["rto_seconds"]), lost=None if lost is None else _number(lost))


def _figure(value: Body) -> Figure:
    return Figure(
        title=as_text(value["title"]),
        value=_number(value["value"]),
        unit=as_text(value["unit"]),
        kind=as_text(value["kind"]),
        source=as_text(value["source"]),
    )


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{value!r} is no time")
    return float(value)

"""The drills of an environment, from a file of records."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_object, as_text
from arqctl.recovery.recovery_table import Row, Times

_FORM: Final = (
    '[{"part": "database", "loss": "instance", "date": "2026-11-30", "rto_minutes": 3, "rpo_minutes": 0}]'
)
_FIX: Final = f"Write it like {_FORM}"
_FIELDS: Final = {"part", "loss", "date", "rto_minutes", "rpo_minutes"}
_MINUTE: Final = 60


@dataclass(frozen=True, kw_only=True)
class Drill:
    """A drill: what was recovered, after which loss, and the measured times."""

    part: str
    loss: str
    day: date
    times: Times


def read_drills(file: Path, rows: Sequence[Row], *, today: date) -> Mapping[tuple[str, str], Drill]:
    """Return the last drill for each loss and data set. The later record of a day counts.

    Raises:
        InputError: with all invalid records of the file.
    """
    try:
        document: Json = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError([Problem(str(file), f"can't be read: {error}", _FIX)]) from error
    if not isinstance(document, list):
        raise InputError([Problem(str(file), "must be a JSON list", _FIX)])
    known = {(row.loss, row.data) for row in rows}
    problems: list[Problem] = []
    drills: list[Drill] = []
    for number, value in enumerate(document):
        record = as_object(value)
        # `arqctl drill region --record` writes it. Only a real drill proves a time.
        if record.pop("simulated", False) is True:
            continue
        found = [
            Problem(f"{file}[{number}]", what, _FIX) for what in _faults(record, known=known, today=today)
        ]
        problems += found
        if not found:
            drills.append(_drill(record))
    if problems:
        raise InputError(problems)
    return {(each.loss, each.part): each for each in sorted(drills, key=lambda drill: drill.day)}


def misses(drill: Drill, objective: Times | None) -> bool:
    """Return whether a drill took longer, or lost more, than the objective allows."""
    if objective is None:
        return False
    if drill.times.recovery > objective.recovery:
        return True
    return objective.lost is not None and (drill.times.lost is None or drill.times.lost > objective.lost)


def _faults(record: Body, *, known: set[tuple[str, str]], today: date) -> Iterator[str]:
    if set(record) != _FIELDS:
        yield f"must have the fields {', '.join(sorted(_FIELDS))}, got {', '.join(sorted(record)) or 'none'}"
        return
    loss, part = as_text(record["loss"]), as_text(record["part"])
    if (loss, part) not in known:
        yield f"the loss {loss or '?'} of {part or '?'} is not in the table of the environment"
    try:
        day = date.fromisoformat(as_text(record["date"]))
    except ValueError:
        yield f"date must be a day, got {record['date']!r}"
    else:
        if day > today:
            yield f"date must not be after today, got {day}"
    if not _is_time(record["rto_minutes"]):
        yield f"rto_minutes must be a number from 0 on, got {record['rto_minutes']!r}"
    if record["rpo_minutes"] is not None and not _is_time(record["rpo_minutes"]):
        yield f"rpo_minutes must be a number from 0 on, or null, got {record['rpo_minutes']!r}"


def _is_time(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _drill(record: Body) -> Drill:
    recovery, lost = record["rto_minutes"], record["rpo_minutes"]
    return Drill(
        part=as_text(record["part"]),
        loss=as_text(record["loss"]),
        day=date.fromisoformat(as_text(record["date"])),
        times=Times(
            recovery=float(str(recovery)) * _MINUTE,
            lost=None if lost is None else float(str(lost)) * _MINUTE,
        ),
    )

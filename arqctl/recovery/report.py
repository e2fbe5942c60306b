"""Renders the recovery of an environment as text or JSON."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.recovery.drills import Drill, misses
from arqctl.recovery.recovery_table import RecoveryTable, Row, Times

_VERSION: Final = 1
_MINUTE, _HOUR = 60, 3600
_KINDS: Final = ("published", "measured", "assumed")
_COLUMNS: Final = ("loss", "data", "objective", "reachable", "how", "figures", "last drill")
_LEGEND: Final = (
    "Objective and reachable are RTO / RPO: the time until recovery, and the time of lost changes.",
    "Figures counts published, measured and assumed ones. An assumption is no promise: drills replace it.",
)

Drills = Mapping[tuple[str, str], Drill]


def render_text(environment: str, table: RecoveryTable, drills: Drills, *, width: int, color: bool) -> str:
    """Return the table for a terminal."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in _COLUMNS:
        grid.add_column(name, overflow="fold", no_wrap=name in ("loss", "data"))
    previous = ""
    for row in table.rows:
        grid.add_row(row.loss if row.loss != previous else "", *_cells(row, table, drills))
        previous = row.loss
    title = Text(f"{environment}: recovery", style="bold")
    heading = Text("figures", style="bold")
    parts: list[RenderableType] = [title, grid, *map(Text, _LEGEND), Text(), heading, _figures(table)]
    return render_page(parts, width=width, color=color)


def render_json(environment: str, table: RecoveryTable, drills: Drills) -> str:
    """Return the table for a program. Times are in seconds; a lost time of null stands for all contents."""
    rows = [
        {
            "loss": row.loss,
            "data": row.data,
            "objective": _as_json(row.objective),
            "reason": row.reason,
            "reachable": _as_json(row.way.times if row.way else None),
            "how": row.way.how if row.way else None,
            "runbook": row.way.runbook if row.way else "",
            "steps": [
                {"figure": name, "seconds": seconds, "kind": table.figures[name].kind}
                for name, seconds in (row.way.steps if row.way else ())
            ],
            "figures": list(row.way.figures) if row.way else [],
            "last_drill": _drill_as_json(row, drills),
        }
        for row in table.rows
    ]
    figures = {name: vars(each) for name, each in table.figures.items()}
    report = {"version": _VERSION, "environment": environment, "recovery": rows, "figures": figures}
    return json.dumps(report, indent=2) + "\n"


def _figures(table: RecoveryTable) -> Table:
    """Return the figures that the rows use, with their sources."""
    used = {name for row in table.rows if row.way for name in row.way.figures}
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, figure in table.figures.items():
        if name in used:
            grid.add_row(name, f"{figure.value:g} {figure.unit}", figure.kind, figure.source)
    return grid


def _cells(row: Row, table: RecoveryTable, drills: Drills) -> tuple[str, ...]:
    objective = _text(row.objective) if row.objective else f"none: {row.reason}" if row.reason else "none"
    drill = drills.get((row.loss, row.data))
    last = "never" if drill is None else f"{drill.day}: {_text(drill.times)}"
    if drill and misses(drill, row.objective):
        last += " MISSED"
    if row.way is None:
        return row.data, objective, "lost for good", "", "", last
    how = f"{row.way.how} ({row.way.runbook})" if row.way.runbook else row.way.how
    return row.data, objective, _text(row.way.times), how, _kinds(row, table), last


def _kinds(row: Row, table: RecoveryTable) -> str:
    names = row.way.figures if row.way else ()
    counts = Counter(table.figures[name].kind for name in names)
    return ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind])


def _text(times: Times) -> str:
    return f"{_duration(times.recovery)} / {'all' if times.lost is None else _duration(times.lost)}"


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole < _MINUTE:
        return f"{whole} s" if whole else "0"
    minutes = math.ceil(whole / _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min"
    hours, rest = divmod(minutes, _MINUTE)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _as_json(times: Times | None) -> dict[str, float | None] | None:
    return None if times is None else {"rto_seconds": times.recovery, "rpo_seconds": times.lost}


def _drill_as_json(row: Row, drills: Drills) -> dict[str, object] | None:
    drill = drills.get((row.loss, row.data))
    if drill is None:
        return None
    times = {"rto_seconds": drill.times.recovery, "rpo_seconds": drill.times.lost}
    return {"date": drill.day.isoformat(), **times, "missed": misses(drill, row.objective)}

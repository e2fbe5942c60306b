"""Renders the recovery of an environment as text or JSON."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.core.sanitize import sanitize
from arqctl.recovery.drills import Drill, misses
from arqctl.recovery.recovery_table import RecoveryTable, Row, Times
from arqctl.recovery.restore_measurements import Measurement, is_proven_by_restore
from arqctl.recovery.restore_records import RestoreTest

_VERSION: Final = 1
_MINUTE, _HOUR = 60, 3600
_KINDS: Final = ("published", "measured", "assumed")
_COLUMNS: Final = ("loss", "data", "objective", "reachable", "how", "figures", "last drill")
_RESTORE_LEGEND: Final = (
    "A restore test proves that a backup is usable, and the time until its instance is available. It proves",
    "neither the time until all blocks are loaded nor that of people, the replacement and the clients.",
)
_LEGEND: Final = (
    "Objective and reachable are RTO / RPO: the time until recovery, and the time of lost changes.",
    "Figures counts published, measured and assumed ones. An assumption is no promise: drills replace it.",
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Tests of recovery: the last drills by loss and data set, and restore tests with measurements."""

    drills: Mapping[tuple[str, str], Drill]
    restores: Sequence[RestoreTest]
    measurements: Sequence[Measurement]

    @property
    def is_refuted(self) -> bool:
        """Whether the newest restore test failed, or a test refuted a figure."""
        failed = bool(self.restores) and not self.restores[-1].valid
        return failed or any(each.is_refuted for each in self.measurements)

    def last_restore(self, row: Row) -> RestoreTest | None:
        """Return the newest valid restore test, if it proves a part of the way of a row."""
        if not is_proven_by_restore(row):
            return None
        return next((test for test in reversed(self.restores) if test.valid), None)


def render_text(environment: str, table: RecoveryTable, proof: Proof, *, width: int, color: bool) -> str:
    """Return the table for a terminal."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in _COLUMNS:
        grid.add_column(name, overflow="fold", no_wrap=name in ("loss", "data"))
    previous = ""
    for row in table.rows:
        grid.add_row(row.loss if row.loss != previous else "", *_cells(row, table, proof))
        previous = row.loss
    title = Text(f"{environment}: recovery", style="bold")
    heading = Text("figures", style="bold")
    parts: list[RenderableType] = [title, grid, *map(Text, _LEGEND), Text(), heading, _figures(table)]
    if proof.restores:
        heading = Text("restore tests", style="bold")
        parts += [Text(), heading, _restores(proof), *map(Text, _RESTORE_LEGEND)]
    return render_page(parts, width=width, color=color)


def render_json(environment: str, table: RecoveryTable, proof: Proof) -> str:
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
            "last_drill": _drill_as_json(row, proof),
            "last_restore_test": test.at.date().isoformat() if (test := proof.last_restore(row)) else None,
        }
        for row in table.rows
    ]
    figures = {name: vars(each) for name, each in table.figures.items()}
    report = {
        "version": _VERSION,
        "environment": environment,
        "recovery": rows,
        "figures": figures,
        "restore_tests": [{**vars(test), "at": test.at.isoformat()} for test in proof.restores],
        "measurements": [
            {
                "figures": each.figures,
                "limit_seconds": each.limit,
                "measured_seconds": each.measured,
                "date": each.day.isoformat(),
                "refuted": each.is_refuted,
            }
            for each in proof.measurements
        ],
    }
    return json.dumps(report, indent=2) + "\n"


def _restores(proof: Proof) -> Table:
    """Return the newest test, and what tests measured."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    newest = proof.restores[-1]
    verdict = "valid" if newest.valid else "FAILED"
    grid.add_row(newest.at.date().isoformat(), Text(sanitize(_describe(newest))), verdict)
    for each in proof.measurements:
        measured = f"{_duration(each.measured)} on {each.day}, limit {_duration(each.limit)}"
        grid.add_row(" + ".join(each.figures), measured, "REFUTED" if each.is_refuted else "not refuted")
    return grid


def _describe(test: RestoreTest) -> str:
    if not test.valid:
        return test.message
    if test.seconds is None:
        return "AWS Backup stated no times"
    if test.gib is None:
        return _duration(test.seconds)
    rate = f", {test.gib / test.seconds * _HOUR:.0f} GiB per hour" if test.seconds else ""
    return f"{test.gib:g} GiB in {_duration(test.seconds)}{rate}"


def _figures(table: RecoveryTable) -> Table:
    """Return the figures that the rows use, with their sources."""
    used = {name for row in table.rows if row.way for name in row.way.figures}
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for name, figure in table.figures.items():
        if name in used:
            grid.add_row(name, f"{figure.value:g} {figure.unit}", figure.kind, figure.source)
    return grid


def _cells(row: Row, table: RecoveryTable, proof: Proof) -> tuple[str, ...]:
    objective = _text(row.objective) if row.objective else f"none: {row.reason}" if row.reason else "none"
    last = _last_drill(row, proof)
    if row.way is None:
        return row.data, objective, "lost for good", "", "", last
    how = f"{row.way.how} ({row.way.runbook})" if row.way.runbook else row.way.how
    return row.data, objective, _text(row.way.times), how, _kinds(row, table), last


def _last_drill(row: Row, proof: Proof) -> str:
    """Return the last drill of a row, and the last restore test, which is a drill of a part."""
    drill, test = proof.drills.get((row.loss, row.data)), proof.last_restore(row)
    found = []
    if drill:
        missed = " MISSED" if misses(drill, row.objective) else ""
        found.append(f"{drill.day}: {_text(drill.times)}{missed}")
    if test:
        found.append(f"restore only: {test.at.date()}")
    return ", ".join(found) or "never"


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


def _drill_as_json(row: Row, proof: Proof) -> dict[str, object] | None:
    drill = proof.drills.get((row.loss, row.data))
    if drill is None:
        return None
    times = {"rto_seconds": drill.times.recovery, "rpo_seconds": drill.times.lost}
    return {"date": drill.day.isoformat(), **times, "missed": misses(drill, row.objective)}

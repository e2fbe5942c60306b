"""Renders error budgets as text, Markdown or JSON."""

import json
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from rich.table import Table
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.slo.measurement import Budget

_VERSION = 1
_UNKNOWN = "no data"
_COLUMNS = ("objective", "target", "measured", "budget left", "burn rate", "used up in")
_WHOLE = Decimal(1)
_HOURS_PER_DAY = 24


def render_text(environment: str, budgets: Sequence[Budget], *, width: int, color: bool) -> str:
    """Return the report for a terminal."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, name in enumerate(_COLUMNS):
        table.add_column(name, justify="right" if index else "left", overflow="fold")
    for budget in budgets:
        table.add_row(*_row(budget))
    title = Text(f"{environment}: error budgets", style="bold")
    return render_page([title, table, *map(Text, _remarks(budgets))], width=width, color=color)


def render_markdown(environment: str, budgets: Sequence[Budget]) -> str:
    """Return the report for a comment or a page."""
    rows = ["| " + " | ".join(cells) + " |" for cells in (_COLUMNS, *map(_row, budgets))]
    separator = "|---" + "|---:" * (len(_COLUMNS) - 1) + "|"
    lines = [f"## Error budgets of {environment}", "", rows[0], separator, *rows[1:]]
    remarks = _remarks(budgets)
    return "\n".join([*lines, *([""] if remarks else []), *remarks, ""])


def render_json(environment: str, budgets: Sequence[Budget]) -> str:
    """Return the report for a program. Ratios are shares, not percent; unknown values are null."""
    objectives = [
        {
            "name": each.objective.name,
            "objective_percent": float(each.objective.percent),
            "window_days": each.objective.window_days,
            "source": each.objective.source,
            "error_ratio": _number(each.measurement.error_ratio),
            "covered": _number(each.measurement.covered),
            "budget_minutes": _number(each.objective.budget_minutes),
            "budget_left_minutes": _number(each.left_minutes),
            "budget_left": _number(each.left),
            "burn_rate": _number(each.burn_rate),
            "days_until_used_up": _number(each.days_left),
        }
        for each in budgets
    ]
    report = {"version": _VERSION, "environment": environment, "objectives": objectives}
    return json.dumps(report, indent=2) + "\n"


def _row(budget: Budget) -> tuple[str, ...]:
    objective, measured = budget.objective, budget.measurement
    target = f"{objective.percent:f} % in {objective.window_days} d"
    if measured.error_ratio is None or budget.left is None or budget.left_minutes is None:
        return (objective.name, target, *(_UNKNOWN,) * 4)
    # Rounded down: 99.899 % is less than an objective of 99.9 %.
    reached = (100 * (1 - measured.error_ratio)).quantize(Decimal("0.001"), rounding=ROUND_DOWN)
    left = f"{_rounded(budget.left_minutes, '0.1')} min, {_rounded(100 * budget.left, '1')} %"
    rate = _UNKNOWN if budget.burn_rate is None else f"{_rounded(budget.burn_rate, '0.01')} x"
    return (objective.name, target, f"{reached} %", left, rate, _used_up(budget))


def _used_up(budget: Budget) -> str:
    if budget.is_used_up:
        return "now"
    if budget.burn_rate is None:
        return _UNKNOWN
    if budget.days_left is None or budget.days_left > budget.objective.window_days:
        # Older failures leave the window before.
        return "never"
    if budget.days_left < 1:
        return f"{_rounded(budget.days_left * _HOURS_PER_DAY, '0.1')} h"
    return f"{_rounded(budget.days_left, '0.1')} d"


def _remarks(budgets: Sequence[Budget]) -> list[str]:
    remarks = []
    for each in budgets:
        name, covered = each.objective.name, each.measurement.covered
        if not each.is_measured:
            remarks.append(f"{name} is not measured by {each.objective.source}")
        elif covered < _WHOLE:
            days = _rounded(covered * each.objective.window_days, "0.1")
            remarks.append(f"{name} has data for {days} of {each.objective.window_days} days")
    return remarks


def _rounded(value: Decimal, step: str) -> str:
    return f"{value.quantize(Decimal(step), rounding=ROUND_HALF_UP):f}"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)

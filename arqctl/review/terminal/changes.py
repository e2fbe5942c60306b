"""What changes of a stack, resource by resource."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.review.model import Changed, Output

_SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.FORGET: "!",
    Action.NO_OP: "→",
    Action.READ: "→",
}
_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "red", "±": "red", "→": "cyan"}
_LISTED = 12
"""Differences of a resource that are shown; the rest is counted."""


def changes(title: str, rows: Iterable[Changed]) -> Iterator[RenderableType]:
    """The rows by construct, which is said once."""
    told = list(rows)
    if not told:
        return
    yield Text(f"{title} ({len(told):,})", style="bold")
    for path, group in groupby(told, key=lambda each: each.path.rsplit("/", 1)[0]):
        yield Text(f"  {path}", style="dim")
        for each in group:
            yield from _changed(each)
    yield Text()


def _changed(each: Changed) -> Iterator[RenderableType]:
    sign = _SIGNS.get(each.action, "±")
    notes = [
        note
        for note, holds in (
            (f"moved from {each.previous_address}", each.previous_address),
            (f"imported as {each.importing}", each.importing),
            (f"deposed {each.deposed}", each.deposed),
            (each.why, each.why),
        )
        if holds
    ]
    yield Text.assemble(
        "    ", (sign, _STYLES[sign]), f" {each.address}", "".join(f", {note}" for note in notes)
    )
    if each.action is not Action.CREATE:
        yield from _differences(each.differences)


def _differences(differences: tuple[Difference, ...]) -> Iterator[RenderableType]:
    for each in differences[:_LISTED]:
        yield from difference(each, 8)
    if len(differences) > _LISTED:
        yield Text(f"        and {len(differences) - _LISTED:,} more")


def difference(each: Difference, indent: int) -> Iterator[RenderableType]:
    """An argument: before and after in a line, or line by line."""
    forced = " (forces replacement)" if each.forces else ""
    if each.lines:
        yield Text(f"{' ' * indent}{each.path}:{forced}")
        for line in each.lines:
            yield Text(f"{' ' * (indent + 2)}{line}")
        return
    before = each.before or "(none)"
    after = "(known after apply)" if each.kind is Kind.UNKNOWN else each.after or "(none)"
    yield Text(f"{' ' * indent}{each.path}: {before} → {after}{forced}")


def rolled_up(rows: Iterable[Changed]) -> Iterator[RenderableType]:
    """What is told by a count only."""
    counted = Counter(each.rolled for each in rows if each.rolled)
    for rolled, count in sorted(counted.items()):
        yield Text(f"{count:,} {rolled} updates")
    if counted:
        yield Text()


def outputs(told: tuple[Output, ...]) -> Iterator[RenderableType]:
    """The outputs that differ."""
    if not told:
        return
    yield Text(f"Outputs ({len(told):,})", style="bold")
    for output in told:
        yield Text(f"  {_SIGNS.get(output.action, '±')} {output.name}")
        yield from _differences(output.differences)
    yield Text()

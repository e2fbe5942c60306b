"""Renders the changes of a stack, resource by resource."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.review.model import ChangedOutput, ChangedResource

_SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.FORGET: "!",
    Action.NO_OP: "→",
    Action.READ: "→",
}
_REPLACE_SIGN = "±"
_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "red", "±": "red", "→": "cyan"}
_LISTED = 12
"""Differences of a resource that are shown; the others are counted."""


def changes(title: str, rows: Iterable[ChangedResource]) -> Iterator[RenderableType]:
    """Yield the rows, grouped by construct."""
    listed = list(rows)
    if not listed:
        return
    yield Text(f"{title} ({len(listed):,})", style="bold")
    for path, group in groupby(listed, key=lambda each: each.path.rsplit("/", 1)[0]):
        yield Text(f"  {path}", style="dim")
        for each in group:
            yield from _resource(each)
    yield Text()


def _resource(each: ChangedResource) -> Iterator[RenderableType]:
    sign = _SIGNS.get(each.action, _REPLACE_SIGN)
    notes = [
        note
        for note, applies in (
            (f"moved from {each.previous_address}", each.previous_address),
            (f"imported as {each.importing}", each.importing),
            (f"deposed {each.deposed}", each.deposed),
            (each.why, each.why),
        )
        if applies
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
    """Yield an argument's value before and after in one line, or a long text as a line diff."""
    forced = " (forces replacement)" if each.forces else ""
    if each.lines:
        yield Text(f"{' ' * indent}{each.path}:{forced}")
        for line in each.lines:
            yield Text(f"{' ' * (indent + 2)}{line}")
        return
    before = each.before or "(none)"
    after = KNOWN_AFTER_APPLY if each.kind is Kind.UNKNOWN else each.after or "(none)"
    yield Text(f"{' ' * indent}{each.path}: {before} → {after}{forced}")


def collapsed_counts(rows: Iterable[ChangedResource]) -> Iterator[RenderableType]:
    """Yield the number of changes that aren't listed, by kind."""
    counts = Counter(each.collapsed for each in rows if each.collapsed)
    for kind, count in sorted(counts.items()):
        yield Text(f"{count:,} {kind} update{'' if count == 1 else 's'}")
    if counts:
        yield Text()


def outputs(changed: tuple[ChangedOutput, ...]) -> Iterator[RenderableType]:
    """Yield the outputs that differ."""
    if not changed:
        return
    yield Text(f"Outputs ({len(changed):,})", style="bold")
    for output in changed:
        yield Text(f"  {_SIGNS.get(output.action, _REPLACE_SIGN)} {output.name}")
        yield from _differences(output.differences)
    yield Text()

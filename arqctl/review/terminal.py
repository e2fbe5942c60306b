"""The review's page for a terminal: each stack with danger first, then the table of all, then the verdict."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from io import StringIO
from itertools import groupby

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arqctl.gate.report import Finding
from arqctl.review.broadening import Direction, Row
from arqctl.review.danger import Danger
from arqctl.review.difference import Difference, Kind
from arqctl.review.model import Changed, Cost, Counts, Judged, Output, Review, StackReview, Verdict
from arqctl.review.plan import Action
from arqctl.review.printable import printable

_SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.FORGET: "!",
    Action.NO_OP: "→",
    Action.READ: "→",
}
_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "red", "±": "red", "→": "cyan"}
_COUNTS = tuple(field.name for field in fields(Counts))
_ALWAYS = ("add", "change", "replace", "destroy")
_DEEDS = {Action.DELETE: "deleted", Action.FORGET: "forgotten", Action.UPDATE: "changed"}
_LISTED = 12
"""Differences of a resource that are shown; the rest is counted."""
_VERDICTS = {
    Verdict.NOTHING: ("NOTHING TO DO: an apply would change nothing.", "bold green"),
    Verdict.CHANGES: ("CHANGES: nothing is lost, and nothing stops a deployment.", "bold"),
    Verdict.DANGER: ("DANGER: read what is lost before you approve.", "bold red"),
    Verdict.POLICY: ("POLICY: the gate stops this deployment.", "bold red"),
}


def render_terminal(review: Review, *, width: int = 80, color: bool = False) -> str:
    """Write the page. It says the same without colour, and fits the width but for long addresses."""
    console = Console(
        file=StringIO(), width=width, force_terminal=color, no_color=not color, highlight=False, emoji=False
    )
    for part in _page(printable(review)):
        console.print(part, soft_wrap=isinstance(part, Text))
    output = console.file
    assert isinstance(output, StringIO)  # noqa: S101 - it was given three lines above
    return "\n".join(line.rstrip() for line in output.getvalue().split("\n"))


def _page(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        if not stack.changes_nothing or stack.dangers or (stack.judged and stack.judged.blocks):
            yield from _stack(stack)
    yield _overview(review)
    yield Text()
    for gap in review.gaps:
        yield _indented(gap, 0, style="bold yellow")
    yield from _verdict(review)


def _stack(stack: StackReview) -> Iterator[RenderableType]:
    noted = list(_notes(stack))
    told = f" ({', '.join(noted)})" if noted else ""
    yield Text(f"{stack.stack}{told}", style="bold underline")
    yield Text()
    yield from _dangers(stack.dangers, stack.losses)
    yield from _judged(stack.judged)
    yield from _broadened(stack.broadened)
    yield from _changes("Changes", [each for each in stack.changes if not each.rolled])
    yield from _rolled(stack.changes)
    yield from _changes("Moves", stack.moves)
    yield from _changes("Imports", stack.imports)
    yield from _changes("Put off to a later plan", stack.deferred)
    yield from _changes("Changed outside Terraform", stack.drift)
    if stack.drift_left_out:
        yield Text(f"  {stack.drift_left_out:,} more differ from their state, and nothing here depends on it")
        yield Text()
    yield from _outputs(stack.outputs)
    yield from _checks(stack)


def _notes(stack: StackReview) -> Iterator[str]:
    if stack.is_errored:
        yield "partial: the plan ended in an error"
    if stack.is_simulated:
        yield "simulated"
    if not stack.is_complete:
        yield "incomplete"


def _dangers(dangers: tuple[Danger, ...], losses: tuple[tuple[str, int], ...]) -> Iterator[RenderableType]:
    if dangers:
        yield Text(f"Danger ({len(dangers):,})", style="bold red")
        for danger in dangers:
            left_over = f" (deposed {danger.deposed})" if danger.deposed else ""
            yield Text(f"  {danger.loss.replace('_', ' ')}, {_deed(danger.action)}: {danger.what}", "bold")
            yield Text(f"    {danger.address}{left_over}")
            yield _indented(danger.why, 4)
            for each in danger.forced_by:
                yield from _difference(each, 4)
            for guard in danger.protections:
                yield _indented(f"protection: {guard.says}", 4)
        yield Text()
    if losses:
        told = ", ".join(f"{count:,} {type_}" for type_, count in losses)
        yield _indented(f"Also deleted or replaced, holding nothing: {told}", 0)
        yield Text()


def _deed(action: Action) -> str:
    return "replaced" if action.is_replacement else _DEEDS.get(action, str(action))


def _judged(judged: Judged | None) -> Iterator[RenderableType]:
    if not judged:
        return
    what = "new since the base" if judged.is_compared else "not compared with a base"
    for title, findings in (("Findings", judged.new), ("Unknown, so not allowed", judged.undecided)):
        if findings:
            yield Text(f"{title} ({len(findings):,}, {what})", style="bold red")
            yield from map(_finding, findings)
            yield Text()
    for each in judged.breaks:
        yield _indented(each, 0, style="red")
    if judged.standing or judged.fixed:
        yield Text(f"{judged.standing:,} findings stand as in the base, {judged.fixed:,} are fixed")
        yield Text()


def _finding(finding: Finding) -> RenderableType:
    return _indented(f"{finding.severity} {finding.rule} {finding.path}: {finding.message}", 2)


def _broadened(rows: tuple[Row, ...]) -> Iterator[RenderableType]:
    if not rows:
        return
    yield Text(f"Access ({len(rows):,})", style="bold")
    for row in rows:
        sign = "+" if row.direction is Direction.ALLOWED else "-"
        unsure = " (can't be decided)" if row.is_unknown else ""
        denied = " (a denial's end)" if row.is_denial else ""
        said = f"{sign} {row.kind}: {_list(row.who)} may {_list(row.what)} on {_list(row.on)}"
        condition = f" where {row.condition}" if row.condition else ""
        yield _indented(f"{said}{condition}{denied}{unsure}", 2)
    yield Text()


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _changes(title: str, rows: Iterable[Changed]) -> Iterator[RenderableType]:
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
        yield from _difference(each, 8)
    if len(differences) > _LISTED:
        yield Text(f"        and {len(differences) - _LISTED:,} more")


def _difference(each: Difference, indent: int) -> Iterator[RenderableType]:
    forced = " (forces replacement)" if each.forces else ""
    if each.lines:
        yield Text(f"{' ' * indent}{each.path}:{forced}")
        for line in each.lines:
            yield Text(f"{' ' * (indent + 2)}{line}")
        return
    before = each.before or "(none)"
    after = "(known after apply)" if each.kind is Kind.UNKNOWN else each.after or "(none)"
    yield Text(f"{' ' * indent}{each.path}: {before} → {after}{forced}")


def _rolled(changes: tuple[Changed, ...]) -> Iterator[RenderableType]:
    counted = Counter(each.rolled for each in changes if each.rolled)
    for rolled, count in sorted(counted.items()):
        yield Text(f"{count:,} {rolled} updates")
    if counted:
        yield Text()


def _outputs(outputs: tuple[Output, ...]) -> Iterator[RenderableType]:
    if not outputs:
        return
    yield Text(f"Outputs ({len(outputs):,})", style="bold")
    for output in outputs:
        yield Text(f"  {_SIGNS.get(output.action, '±')} {output.name}")
        yield from _differences(output.differences)
    yield Text()


def _checks(stack: StackReview) -> Iterator[RenderableType]:
    for check in stack.checks:
        said = "; ".join(check.problems) or "no word why"
        yield _indented(f"check {check.status}: {check.address}: {said}", 0, style="red")


def _overview(review: Review) -> RenderableType:
    """The table of all stacks; a count that is nothing everywhere has no column."""
    counted = {stack.stack: asdict(stack.counts) for stack in review.stacks}
    told = [name for name in _COUNTS if name in _ALWAYS or any(counts[name] for counts in counted.values())]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("stack", no_wrap=True, overflow="fold")
    for heading in (*told, "findings", "$ a month"):
        table.add_column(heading.rstrip("_"), justify="right", no_wrap=True)
    for stack in review.stacks:
        counts = (_number(counted[stack.stack][name]) for name in told)
        table.add_row(stack.stack, *counts, _findings(stack.judged), cost_text(stack.cost))
    return table


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _findings(judged: Judged | None) -> str:
    if not judged:
        return "?"
    return _number(len(judged.new) + len(judged.undecided) + judged.standing + len(judged.breaks))


def cost_text(cost: Cost | None) -> str:
    """The monthly figure and how it changes; a question mark for what isn't known, never nothing."""
    if not cost:
        return "?"
    monthly = "?" if cost.monthly is None else f"{cost.monthly:,.0f}"
    delta = "?" if cost.delta is None else f"{cost.delta:+,.2f}"
    unpriced = f", {cost.unpriced:,} unpriced" if cost.unpriced else ""
    return f"{monthly} ({delta}{unpriced})"


def _verdict(review: Review) -> Iterator[RenderableType]:
    for stack in review.stacks:
        yield Text(f"fingerprint of {stack.stack}: {stack.fingerprint}", style="dim")
    known = {"fingerprint of all": review.fingerprint, "commit": review.commit, "base": review.base}
    yield Text(", ".join(f"{name} {value}" for name, value in known.items() if value), style="dim")
    said, style = _VERDICTS[review.verdict]
    yield Text(said, style=style)


def _indented(text: str, indent: int, *, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, indent))

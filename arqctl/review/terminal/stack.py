"""One stack on the page: danger, policy, access, and then the rest."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arqctl.gate.report import Finding
from arqctl.plan.access.access_diff import Direction, Row
from arqctl.plan.model import Action
from arqctl.plan.risk.danger import Danger
from arqctl.review.model import Judged, StackReview
from arqctl.review.terminal.changes import changes, difference, outputs, rolled_up
from arqctl.review.terminal.paragraph import indented

_DEEDS = {Action.DELETE: "deleted", Action.FORGET: "forgotten", Action.UPDATE: "changed"}


def section(stack: StackReview) -> Iterator[RenderableType]:
    """All that is told of a stack, what is lost first."""
    noted = list(_notes(stack))
    notes = f" ({', '.join(noted)})" if noted else ""
    yield Text(f"{stack.stack}{notes}", style="bold underline")
    yield Text()
    yield from _dangers(stack.dangers, stack.losses)
    yield from _judged(stack.judged)
    yield from _broadened(stack.broadened)
    yield from changes("Changes", [each for each in stack.changes if not each.rolled])
    yield from rolled_up(stack.changes)
    yield from changes("Moves", stack.moves)
    yield from changes("Imports", stack.imports)
    yield from changes("Put off to a later plan", stack.deferred)
    yield from changes("Changed outside Terraform", stack.drift)
    if stack.drift_left_out:
        yield Text(f"  {stack.drift_left_out:,} more differ from their state, and nothing here depends on it")
        yield Text()
    yield from outputs(stack.outputs)
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
            if danger.why:
                yield indented(danger.why, 4)
            for each in danger.forced_by:
                yield from difference(each, 4)
            for says in danger.guards:
                yield indented(f"protection: {says}", 4)
        yield Text()
    if losses:
        told = ", ".join(f"{count:,} {type_}" for type_, count in losses)
        yield indented(f"Also deleted or replaced, holding nothing: {told}", 0)
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
        yield indented(each, 0, style="red")
    if judged.standing or judged.fixed:
        yield Text(f"{judged.standing:,} findings stand as in the base, {judged.fixed:,} are fixed")
        yield Text()


def _finding(finding: Finding) -> RenderableType:
    return indented(f"{finding.severity} {finding.rule} {finding.path}: {finding.message}", 2)


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
        yield indented(f"{said}{condition}{denied}{unsure}", 2)
    yield Text()


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _checks(stack: StackReview) -> Iterator[RenderableType]:
    for check in stack.checks:
        said = "; ".join(check.problems) or "no word why"
        yield indented(f"check {check.status}: {check.address}: {said}", 0, style="red")

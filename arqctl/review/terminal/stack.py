"""Renders one stack: danger, policy, access, then everything else."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arqctl.core.actions import past_tense
from arqctl.gate.report import Finding
from arqctl.plan.access.access_diff import AccessChange, Direction
from arqctl.plan.risk.danger import Danger
from arqctl.review.danger_groups import group_instances
from arqctl.review.model import PolicyDelta, StackReview
from arqctl.review.terminal.changes import changes, collapsed_counts, difference, outputs
from arqctl.review.terminal.paragraph import indented


def section(stack: StackReview) -> Iterator[RenderableType]:
    """Yield all parts of a stack's review, dangers first."""
    noted = list(_notes(stack))
    notes = f" ({', '.join(noted)})" if noted else ""
    yield Text(f"{stack.stack}{notes}", style="bold underline")
    yield Text()
    yield from _dangers(stack.dangers, stack.harmless_losses)
    yield from _policy(stack.policy)
    yield from _access(stack.access_changes)
    yield from changes("Changes", [each for each in stack.changes if not each.collapsed])
    yield from collapsed_counts(stack.changes)
    yield from changes("Moves", stack.moves)
    yield from changes("Imports", stack.imports)
    yield from changes("Deferred to a later plan", stack.deferred)
    yield from changes("Changed outside Terraform", stack.drift)
    if stack.unrelated_drift:
        yield Text(f"  {stack.unrelated_drift:,} more drifted, unrelated to the planned changes")
        yield Text()
    yield from outputs(stack.outputs)
    yield from _checks(stack)


def _notes(stack: StackReview) -> Iterator[str]:
    if stack.is_errored:
        yield "partial: the plan ended with an error"
    elif stack.is_partial:
        yield "partial: the plan has deferred changes or only targets"
    if stack.is_simulated:
        yield "simulated"


def _dangers(dangers: tuple[Danger, ...], losses: tuple[tuple[str, int], ...]) -> Iterator[RenderableType]:
    if dangers:
        yield Text(f"Danger ({len(dangers):,})", style="bold red")
        for group in group_instances(dangers):
            danger = group.danger
            instances = f" ({group.count:,} instances)" if group.count > 1 else ""
            deposed = f" (deposed {danger.deposed})" if danger.deposed else ""
            yield Text(f"  {danger.loss}, {past_tense(danger.action)}: {danger.what}", "bold")
            yield Text(f"    {danger.address}{instances}{deposed}")
            if group.instance_keys:
                yield indented(f"instances {' '.join(group.instance_keys)}", 4)
            if danger.why:
                yield indented(danger.why, 4)
            for each in danger.forced_by:
                yield from difference(each, 4)
            for guard in danger.further_protections:
                yield indented(f"protection: {guard}", 4)
        yield Text()
    if losses:
        listed = ", ".join(f"{count:,} {type_}" for type_, count in losses)
        yield indented(f"Harmless types deleted, replaced or forgotten: {listed}", 0)
        yield Text()


def _policy(policy: PolicyDelta | None) -> Iterator[RenderableType]:
    if not policy:
        return
    since = "new since the base" if policy.is_compared else "not compared with a base"
    for title, findings in (("Findings", policy.new), ("Unknown results, which block too", policy.unknown)):
        if findings:
            yield Text(f"{title} ({len(findings):,}, {since})", style="bold red")
            yield from map(_finding, findings)
            yield Text()
    for address in policy.lost_addresses:
        yield indented(
            f"stateful resource missing, though the address list has it: {address}", 0, style="red"
        )
    if policy.existing or policy.fixed:
        existing = f"{policy.existing:,} finding{'' if policy.existing == 1 else 's'}"
        yield Text(f"{existing} of the base still open, which blocks too; {policy.fixed:,} fixed")
        yield Text()


def _finding(finding: Finding) -> RenderableType:
    return indented(f"{finding.severity} {finding.rule} {finding.path}: {finding.message}", 2)


def _access(rows: tuple[AccessChange, ...]) -> Iterator[RenderableType]:
    if not rows:
        return
    yield Text(f"Access ({len(rows):,})", style="bold")
    for row in rows:
        is_broader = row.direction is Direction.BROADENED
        deny = f" (Deny {'removed' if is_broader else 'added'})" if row.is_denial else ""
        unknown = " (not decided)" if row.is_unknown else ""
        condition = f" where {row.condition}" if row.condition else ""
        access = f"{row.kind}: {', '.join(row.who)} may {', '.join(row.what)} on {', '.join(row.on)}"
        yield indented(f"{'+' if is_broader else '-'} {access}{condition}{deny}{unknown}", 2)
    yield Text()


def _checks(stack: StackReview) -> Iterator[RenderableType]:
    for check in stack.checks:
        problems = "; ".join(check.problems) or "no message"
        yield indented(f"check {check.status}: {check.address}: {problems}", 0, style="red")

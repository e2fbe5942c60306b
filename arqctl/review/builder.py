"""From plans to the review: what is told where, and what by a count only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from arqctl.plan.access.access_diff import broadening
from arqctl.plan.action_reasons import plain_reason
from arqctl.plan.diff import differences
from arqctl.plan.drift import relevant_drift
from arqctl.plan.fingerprint import fingerprint, together
from arqctl.plan.model import Action, Check, Plan, ResourceChange
from arqctl.plan.parser import SIMULATED
from arqctl.plan.redact.redact import hide
from arqctl.plan.risk.danger import dangers, loses, other_losses
from arqctl.review.collapse import rolled
from arqctl.review.model import Changed, Cost, Counts, Judged, Output, Review, StackReview


@dataclass(frozen=True, slots=True)
class Subject:
    """A stack's plan, and what the gate, the price table and the picture say of the stack."""

    plan: Plan
    judged: Judged | None = None
    cost: Cost | None = None
    picture: str = ""


def build(subjects: Iterable[Subject], *, commit: str = "", base: str = "", run_url: str = "") -> Review:
    """The review of all stacks, in the order given. `base` is the commit that findings are compared with."""
    stacks = tuple(map(_stack, subjects))
    return Review(
        stacks=stacks,
        fingerprint=together({stack.stack: stack.fingerprint for stack in stacks}),
        commit=commit,
        base=base,
        run_url=run_url,
    )


def _stack(subject: Subject) -> StackReview:
    plan = subject.plan
    managed = [row for row in plan.resources if row.mode == "managed"]
    drift, left_out = relevant_drift(plan)
    told = dangers(plan)
    gone = {(danger.address, danger.deposed) for danger in told if danger.action in _GONE}
    return StackReview(
        stack=plan.stack,
        environment=plan.environment,
        fingerprint=fingerprint([plan]),
        counts=_counts(managed),
        dangers=tuple(replace(each, path=_below(plan, each.path)) for each in told),
        losses=tuple(other_losses(plan).items()),
        broadened=tuple(replace(each, path=_below(plan, each.path)) for each in broadening(plan)),
        changes=_changed(plan, (row for row in managed if _changes(row) and _key(row) not in gone)),
        moves=_changed(plan, (row for row in managed if row.previous_address and not _changes(row))),
        imports=_changed(plan, (row for row in managed if row.importing and not _changes(row))),
        deferred=_changed(plan, plan.deferred),
        drift=_changed(plan, drift),
        drift_left_out=left_out,
        outputs=tuple(_outputs(plan)),
        checks=tuple(_checks(plan.checks)),
        judged=subject.judged,
        cost=subject.cost,
        picture=subject.picture,
        is_errored=plan.is_errored,
        is_complete=plan.is_complete,
        is_simulated=plan.is_simulated,
    )


# Of these there is nothing to tell but the danger.
_GONE = (Action.DELETE, Action.FORGET)


def _key(row: ResourceChange) -> tuple[str, str]:
    return row.address, row.deposed


def _changes(row: ResourceChange) -> bool:
    return row.change.action not in (Action.NO_OP, Action.READ)


def _counts(rows: list[ResourceChange]) -> Counts:
    actions = [row.change.action for row in rows]
    return Counts(
        add=actions.count(Action.CREATE),
        change=actions.count(Action.UPDATE),
        replace=sum(action.is_replacement for action in actions),
        destroy=actions.count(Action.DELETE),
        forget=actions.count(Action.FORGET),
        move=sum(bool(row.previous_address) for row in rows),
        import_=sum(bool(row.importing) for row in rows),
    )


def _changed(plan: Plan, rows: Iterable[ResourceChange]) -> tuple[Changed, ...]:
    """The rows as they are told, by construct."""
    told = (_row(plan, row) for row in rows)
    return tuple(sorted(told, key=lambda each: (each.path, each.address, each.deposed)))


def _row(plan: Plan, row: ResourceChange) -> Changed:
    differing = () if row.change.action in _GONE else differences(row.change)
    return Changed(
        address=row.address,
        type=row.type,
        path=_below(plan, row.path),
        action=row.change.action,
        differences=differing,
        why=plain_reason(row.reason) if loses(row.change) and row.reason else "",
        deposed=row.deposed,
        previous_address=row.previous_address,
        importing=hide(row.importing),
        rolled=rolled(row.type, differing) if _is_plain_update(row) else None,
    )


def _is_plain_update(row: ResourceChange) -> bool:
    return row.change.action is Action.UPDATE and not (row.previous_address or row.importing)


def _outputs(plan: Plan) -> Iterator[Output]:
    for name, change in plan.outputs:
        if name != SIMULATED:
            yield Output(name, change.action, differences(change))


def _checks(checks: Iterable[Check]) -> Iterator[Check]:
    """Those that don't pass. A check that is unknown until apply is told only where it says why."""
    for check in checks:
        if check.status in ("fail", "error") or check.problems:
            yield replace(check, problems=tuple(map(hide, check.problems)))


def _below(plan: Plan, path: str) -> str:
    return path.removeprefix(f"{plan.stack}/")

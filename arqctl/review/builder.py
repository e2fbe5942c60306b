"""Builds the review from plans, policy results and costs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from arqctl.plan.access.access_diff import access_changes
from arqctl.plan.diff import differences
from arqctl.plan.drift import relevant_drift
from arqctl.plan.fingerprint import combine_fingerprints, fingerprint
from arqctl.plan.model import Action, Check, Plan, ResourceChange, describe_reason, is_loss
from arqctl.plan.parser import SIMULATED
from arqctl.plan.redact.redact import redact
from arqctl.plan.risk.danger import dangers, harmless_losses
from arqctl.review.collapse import collapsed_change
from arqctl.review.model import (
    ChangedOutput,
    ChangedResource,
    Cost,
    Counts,
    PolicyDelta,
    Review,
    StackReview,
)


@dataclass(frozen=True, slots=True)
class StackInput:
    """A stack's plan with its policy findings, its cost and its diagram."""

    plan: Plan
    policy: PolicyDelta | None = None
    cost: Cost | None = None
    diagram: str = ""


def build_review(
    inputs: Iterable[StackInput], *, commit: str = "", base: str = "", run_url: str = ""
) -> Review:
    """Return the review of all stacks in the given order. `base` is the commit to compare with."""
    stacks = tuple(map(_review_stack, inputs))
    return Review(
        stacks=stacks,
        fingerprint=combine_fingerprints({stack.stack: stack.fingerprint for stack in stacks}),
        commit=commit,
        base=base,
        run_url=run_url,
    )


def _review_stack(stack: StackInput) -> StackReview:
    plan = stack.plan
    managed = [row for row in plan.resources if row.mode == "managed"]
    drift, unrelated_drift = relevant_drift(plan)
    found = dangers(plan)
    gone = {(danger.address, danger.deposed) for danger in found if danger.action in _GONE}
    return StackReview(
        stack=plan.stack,
        environment=plan.environment,
        fingerprint=fingerprint([plan]),
        counts=_count(managed),
        dangers=tuple(replace(each, path=_relative_path(plan, each.path)) for each in found),
        harmless_losses=tuple(harmless_losses(plan).items()),
        access_changes=tuple(
            replace(each, path=_relative_path(plan, each.path)) for each in access_changes(plan)
        ),
        changes=_changed(plan, (row for row in managed if _has_change(row) and _key(row) not in gone)),
        moves=_changed(plan, (row for row in managed if row.previous_address and not _has_change(row))),
        imports=_changed(plan, (row for row in managed if row.importing and not _has_change(row))),
        deferred=_changed(plan, plan.deferred),
        drift=_changed(plan, drift),
        unrelated_drift=unrelated_drift,
        outputs=tuple(_changed_outputs(plan)),
        checks=tuple(_failed_checks(plan.checks)),
        policy=stack.policy,
        cost=stack.cost,
        diagram=stack.diagram,
        is_errored=plan.is_errored,
        is_complete=plan.is_complete,
        is_simulated=plan.is_simulated,
    )


# A dangerous row with one of these actions is listed as a danger only: it has no values to compare.
_GONE = (Action.DELETE, Action.FORGET)


def _key(row: ResourceChange) -> tuple[str, str]:
    return row.address, row.deposed


def _has_change(row: ResourceChange) -> bool:
    return row.change.action not in (Action.NO_OP, Action.READ)


def _count(rows: list[ResourceChange]) -> Counts:
    actions = [row.change.action for row in rows]
    return Counts(
        create=actions.count(Action.CREATE),
        update=actions.count(Action.UPDATE),
        replace=sum(action.is_replacement for action in actions),
        delete=actions.count(Action.DELETE),
        forget=actions.count(Action.FORGET),
        move=sum(bool(row.previous_address) for row in rows),
        import_=sum(bool(row.importing) for row in rows),
    )


def _changed(plan: Plan, rows: Iterable[ResourceChange]) -> tuple[ChangedResource, ...]:
    """Return the rows sorted by construct path."""
    changed = (_changed_resource(plan, row) for row in rows)
    return tuple(sorted(changed, key=lambda each: (each.path, each.address, each.deposed)))


def _changed_resource(plan: Plan, row: ResourceChange) -> ChangedResource:
    differing = () if row.change.action in _GONE else differences(row.change)
    return ChangedResource(
        address=row.address,
        type=row.type,
        path=_relative_path(plan, row.path),
        action=row.change.action,
        differences=differing,
        why=describe_reason(row.reason) if is_loss(row.change.action) and row.reason else "",
        deposed=row.deposed,
        previous_address=row.previous_address,
        importing=redact(row.importing),
        collapsed=collapsed_change(row.type, differing) if _is_plain_update(row) else None,
    )


def _is_plain_update(row: ResourceChange) -> bool:
    return row.change.action is Action.UPDATE and not (row.previous_address or row.importing)


def _changed_outputs(plan: Plan) -> Iterator[ChangedOutput]:
    for name, change in plan.outputs:
        if name != SIMULATED:
            yield ChangedOutput(name, change.action, differences(change))


def _failed_checks(checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks that don't pass. One that is unknown until apply counts only if it has a message."""
    for check in checks:
        if check.status in ("fail", "error") or check.problems:
            yield replace(check, problems=tuple(map(redact, check.problems)))


def _relative_path(plan: Plan, path: str) -> str:
    return path.removeprefix(f"{plan.stack}/")

"""Compares a plan with its review. Both are redacted before."""

from collections.abc import Iterable, Iterator

from arqctl.core.actions import action_verb
from arqctl.plan.model import Action
from arqctl.plan.risk.danger import Danger
from arqctl.review.model import ChangedResource, StackReview

_Key = tuple[str, str]


def diff(planned: StackReview, reviewed: StackReview) -> list[str]:
    """Return a line for each resource and output that the plan changes differently from the review."""
    lines = [
        *_diff_actions(_actions(planned), _actions(reviewed)),
        *_diff_values(planned, reviewed),
        *_diff_outputs(planned, reviewed),
    ]
    return lines or ["only secret values, or values known after apply, differ"]


def new_risks(planned: Iterable[Danger], reviewed: Iterable[Danger]) -> list[str]:
    """Return a line for each danger that is new, that loses something else, or that lost a protection."""
    reviewed_by_key = {_key(danger): danger for danger in reviewed}
    return [line for danger in planned for line in _added_risk(danger, reviewed_by_key.get(_key(danger)))]


def _added_risk(planned: Danger, reviewed: Danger | None) -> Iterator[str]:
    action = f"{_verb(planned.action)} {planned.address}: {planned.what}"
    if reviewed is None:
        yield f"{action} (new)"
    elif (planned.action, planned.loss) != (reviewed.action, reviewed.loss):
        yield f"{action} (the review has {_verb(reviewed.action)}: {reviewed.what})"
    else:
        yield from (
            f"{planned.address}: {protection.message} (new)"
            for protection in planned.protections
            if protection not in reviewed.protections
        )


def _actions(review: StackReview) -> dict[_Key, Action]:
    # A dangerous deletion is listed under the dangers only.
    rows: tuple[Danger | ChangedResource, ...] = (*review.dangers, *_changed_resources(review))
    return {_key(row): row.action for row in rows}


def _changed_resources(review: StackReview) -> tuple[ChangedResource, ...]:
    return (*review.changes, *review.moves, *review.imports, *review.deferred)


def _diff_actions(planned: dict[_Key, Action], reviewed: dict[_Key, Action]) -> Iterator[str]:
    for key in sorted(planned.keys() | reviewed.keys()):
        resource = " ".join(filter(None, key))
        match planned.get(key), reviewed.get(key):
            case action, None if action:
                yield f"not reviewed: {_verb(action)} {resource}"
            case None, action if action:
                yield f"no longer planned: {_verb(action)} {resource}"
            case action, other if action and other and action is not other:
                yield f"{_verb(action)} {resource}, but the review has {_verb(other)}"
            case _:
                pass


def _diff_values(planned: StackReview, reviewed: StackReview) -> Iterator[str]:
    """Yield a line for each resource with the same action but different values or origin."""
    reviewed_by_key = {_key(row): row for row in _changed_resources(reviewed)}
    for row in sorted(_changed_resources(planned), key=_key):
        other = reviewed_by_key.get(_key(row))
        if other is None or other.action is not row.action:
            continue
        paths = sorted({each.path for each in set(row.differences) ^ set(other.differences)})
        if (row.previous_address, row.importing) != (other.previous_address, other.importing):
            paths.append("move or import")
        if paths:
            yield f"{_verb(row.action)} {row.address} with different {', '.join(paths)}"


def _diff_outputs(planned: StackReview, reviewed: StackReview) -> Iterator[str]:
    ours, theirs = ({output.name: output for output in each.outputs} for each in (planned, reviewed))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield f"output {name} changes differently"


def _key(row: Danger | ChangedResource) -> _Key:
    return row.address, row.deposed


def _verb(action: Action) -> str:
    return "move or import" if action is Action.NO_OP else action_verb(action)

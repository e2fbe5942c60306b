"""What a plan does that its review doesn't have, and the other way round. All texts are masked by then."""

from collections.abc import Iterable, Iterator

from arqctl.core.actions import action_verb
from arqctl.plan.model import Action
from arqctl.plan.risk.danger import Danger
from arqctl.review.model import ChangedResource, StackReview

_Key = tuple[str, str]


def differing(now: StackReview, then: StackReview) -> list[str]:
    """A line for each resource and output that a plan treats otherwise than its review."""
    found = [*_actions(_deeds(now), _deeds(then)), *_values(now, then), *_outputs(now, then)]
    return found or ["only values differ that are secret, or known after apply"]


def grown(now: Iterable[Danger], then: Iterable[Danger]) -> list[str]:
    """A line for each danger that is new, another loss, or guarded less than it was reviewed."""
    reviewed = {_key(danger): danger for danger in then}
    return [line for danger in now for line in _growth(danger, reviewed.get(_key(danger)))]


def _growth(now: Danger, then: Danger | None) -> Iterator[str]:
    told = f"{_verb(now.action)} {now.address}: {now.what}"
    if then is None:
        yield f"{told} (new)"
    elif (now.action, now.loss) != (then.action, then.loss):
        yield f"{told} (reviewed was {_verb(then.action)}: {then.what})"
    else:
        yield from (
            f"{now.address}: {each.message} (new)" for each in now.protections if each not in then.protections
        )


def _deeds(review: StackReview) -> dict[_Key, Action]:
    """What is done to each resource. What is deleted and dangerous stands among the dangers alone."""
    rows: tuple[Danger | ChangedResource, ...] = (*review.dangers, *_rows(review))
    return {_key(row): row.action for row in rows}


def _rows(review: StackReview) -> tuple[ChangedResource, ...]:
    return (*review.changes, *review.moves, *review.imports, *review.deferred)


def _actions(now: dict[_Key, Action], then: dict[_Key, Action]) -> Iterator[str]:
    for key in sorted(now.keys() | then.keys()):
        told = " ".join(filter(None, key))
        match now.get(key), then.get(key):
            case action, None if action:
                yield f"not reviewed: {_verb(action)} {told}"
            case None, action if action:
                yield f"no longer: {_verb(action)} {told}"
            case action, reviewed if action and reviewed and action is not reviewed:
                yield f"{_verb(action)} {told}, and reviewed was {_verb(reviewed)}"
            case _:
                pass


def _values(now: StackReview, then: StackReview) -> Iterator[str]:
    """What is done to the same resource by the same word, but isn't the same."""
    reviewed = {_key(row): row for row in _rows(then)}
    for row in sorted(_rows(now), key=_key):
        other = reviewed.get(_key(row))
        if other is None or other.action is not row.action:
            continue
        paths = sorted({each.path for each in set(row.differences) ^ set(other.differences)})
        if (row.previous_address, row.importing) != (other.previous_address, other.importing):
            paths.append("where it comes from")
        if paths:
            yield f"{_verb(row.action)} {row.address} with another {', '.join(paths)}"


def _outputs(now: StackReview, then: StackReview) -> Iterator[str]:
    ours, theirs = ({output.name: output for output in each.outputs} for each in (now, then))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield f"output {name} changes otherwise"


def _key(row: Danger | ChangedResource) -> _Key:
    return row.address, row.deposed


def _verb(action: Action) -> str:
    return "move or import" if action is Action.NO_OP else action_verb(action)

"""Finds drift that affects a plan's changes."""

from collections.abc import Mapping

from arqctl.core.json_access import as_object
from arqctl.plan.diff.value_pair import is_marked
from arqctl.plan.diff.values import is_equal_under
from arqctl.plan.model import Change, Plan, ResourceChange, is_loss


def relevant_drift(plan: Plan) -> tuple[tuple[ResourceChange, ...], int]:
    """Return the rows of drift that matter, and the number of the others.

    A row matters if the plan's changes depend on it, if the plan reverts it, or if the resource was deleted.
    Arguments are compared as a whole. Most of the other rows appear because a newer provider version reads
    more arguments than the version that wrote the state.
    """
    rows = [row for row in plan.drift if row.mode == "managed"]
    changes = {row.address: row.change for row in plan.resources if not row.deposed}
    relevant = tuple(row for row in rows if is_loss(row.change.action) or _matters(row, plan, changes))
    return relevant, len(rows) - len(relevant)


def _matters(row: ResourceChange, plan: Plan, changes: Mapping[str, Change]) -> bool:
    """Return whether an argument drifted that the plan depends on or changes."""
    paths = {path.partition(".")[0] for address, path in plan.relevant if address == row.address}
    before, after = as_object(row.change.before), as_object(row.change.after)
    drifted = {name for name in before.keys() | after.keys() if not is_equal_under(name, before, after)}
    if "" in paths:
        return bool(drifted)
    planned = changes.get(row.address)
    return bool(drifted & paths) or (planned is not None and any(_changes(planned, name) for name in drifted))


def _changes(change: Change, name: str) -> bool:
    """Return whether a plan changes an argument, or may change it."""
    before, after = as_object(change.before), as_object(change.after)
    return is_marked(as_object(change.after_unknown).get(name)) or not is_equal_under(name, before, after)

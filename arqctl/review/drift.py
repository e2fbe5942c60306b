"""What happened outside Terraform, as far as it matters to what a plan does."""

from arqctl.review.differences.pair import object_of
from arqctl.review.differences.values import same_under
from arqctl.review.plan import Plan, ResourceChange


def relevant_drift(plan: Plan) -> tuple[tuple[ResourceChange, ...], int]:
    """The rows of drift that matter, and how many are left out.

    Those matter that the plan's changes depend on, and whatever was deleted. An argument matters as a whole
    where a part of it does. Most of the rest is a newer provider, which reads what an older one didn't.
    """
    rows = [row for row in plan.drift if row.mode == "managed"]
    relevant = tuple(row for row in rows if row.change.action.loses or _matters(row, plan))
    return relevant, len(rows) - len(relevant)


def _matters(row: ResourceChange, plan: Plan) -> bool:
    """Whether an argument differs that a change depends on."""
    paths = {path.partition(".")[0] for address, path in plan.relevant if address == row.address}
    before, after = object_of(row.change.before), object_of(row.change.after)
    names = before.keys() | after.keys() if "" in paths else paths
    return any(not same_under(name, before, after) for name in names)

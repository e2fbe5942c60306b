"""What a plan costs: the stack as it will be, against the same stack with each changed resource as it was."""

from collections.abc import Iterator, Mapping

from arqctl.core.assembly import Body, Json, Stack
from arqctl.cost.change import cost_change
from arqctl.cost.priceable import Priced
from arqctl.cost.stack import resources_of
from arqctl.plan.model import Action, Plan, ResourceChange
from arqctl.review.model import Cost


def cost_of(plan: Plan, stack: Stack) -> Cost:
    """The monthly cost of a stack once its plan is applied, and how much more or less that is."""
    planned = {each.address: each for each in resources_of(stack)}
    # What a replacement left behind is no part of the stack, though it has the address of one that is.
    managed = (row for row in plan.resources if row.mode == "managed" and not row.deposed)
    rows = [row for row in managed if row.change.action is not Action.NO_OP]
    change = cost_change(_before(planned, rows), planned.values())
    return Cost(
        monthly=change.monthly,
        delta=None if plan.is_errored else change.delta,
        coverage=change.coverage,
        unpriced=change.unpriced,
        as_of=change.as_of,
    )


def _before(planned: Mapping[str, Priced], rows: list[ResourceChange]) -> Iterator[Priced]:
    """All resources as they were. What a plan doesn't touch is as it will be."""
    changed = {row.address for row in rows}
    yield from (each for address, each in planned.items() if address not in changed)
    for row in rows:
        before, after = row.change.before, row.change.after
        if row.change.action is Action.CREATE or not isinstance(before, dict):
            continue
        known = planned.get(row.address)
        if known is None:
            region = before.get("region")
            yield Priced(row.address, row.type, row.path, region if isinstance(region, str) else "", before)
        else:
            values = _as_it_was(known.values, before, after)
            body: Body = values if isinstance(values, dict) else before
            yield Priced(known.address, known.type, known.path, known.region, body)


def _as_it_was(written: Json, before: Json, after: Json) -> Json:
    """The arguments as they are written in the stack, but for those that change: references stay followed.

    A plan has ids where the stack has expressions, and only these lead from one resource to another.
    """
    if before == after:
        return written
    if isinstance(written, dict) and isinstance(before, dict) and isinstance(after, dict):
        names = written.keys() | {name for name in before if before[name] != after.get(name)}
        return {
            name: _as_it_was(written.get(name), before.get(name), after.get(name)) for name in sorted(names)
        }
    if isinstance(written, list) and isinstance(before, list) and isinstance(after, list):
        if len(written) == len(before) == len(after):
            return [_as_it_was(*each) for each in zip(written, before, after, strict=True)]
        return before
    return before

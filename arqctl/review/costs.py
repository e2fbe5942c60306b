"""Estimates the cost of a plan: the planned stack compared with the current one."""

from collections.abc import Iterator, Mapping

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Body, Json
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.cost_change import cost_change
from arqctl.cost.priceable import PriceableResource, priceable_resources
from arqctl.plan.model import Action, Plan, ResourceChange
from arqctl.review.model import Cost


def estimate_cost(plan: Plan, stack: Stack) -> Cost:
    """Return the monthly cost of a stack after the plan is applied, and the difference from now."""
    planned = {each.address: each for each in priceable_resources(stack)}
    # A deposed object has the address of a resource of the stack and isn't part of the stack.
    managed = (row for row in plan.resources if row.mode == "managed" and not row.deposed)
    rows = [row for row in managed if row.change.action is not Action.NO_OP]
    before = _resources_before(planned, rows)
    change = cost_change(before, planned.values(), assumptions_of(stack.environment).for_stack(stack.name))
    return Cost(
        monthly=change.monthly,
        delta=None if plan.is_errored else change.delta,
        coverage=change.coverage,
        unpriced=change.unpriced,
        as_of=change.as_of,
    )


def _resources_before(
    planned: Mapping[str, PriceableResource], rows: list[ResourceChange]
) -> Iterator[PriceableResource]:
    """Yield all resources before the plan; those that the plan doesn't change are the planned ones."""
    changed = {row.address for row in rows}
    yield from (each for address, each in planned.items() if address not in changed)
    for row in rows:
        before, after = row.change.before, row.change.after
        if row.change.action is Action.CREATE or not isinstance(before, dict):
            continue
        known = planned.get(row.address)
        if known is None:
            region = before.get("region")
            yield PriceableResource(
                row.address, row.type, row.path, region if isinstance(region, str) else "", before
            )
        else:
            values = _values_before(known.values, before, after)
            body: Body = values if isinstance(values, dict) else before
            yield PriceableResource(known.address, known.type, known.path, known.region, body)


def _values_before(configured: Json, before: Json, after: Json) -> Json:
    """Return the stack's arguments with the changed ones as before the plan.

    Unchanged arguments keep their expressions: a plan has ids instead, which don't lead to other resources.
    """
    if before == after:
        return configured
    if isinstance(configured, dict) and isinstance(before, dict) and isinstance(after, dict):
        names = configured.keys() | {name for name in before if before[name] != after.get(name)}
        return {
            name: _values_before(configured.get(name), before.get(name), after.get(name))
            for name in sorted(names)
        }
    if isinstance(configured, list) and isinstance(before, list) and isinstance(after, list):
        if len(configured) == len(before) == len(after):
            return [_values_before(*each) for each in zip(configured, before, after, strict=True)]
        return before
    return before

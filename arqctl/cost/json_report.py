"""Renders an estimate as JSON. Amounts are strings, as a float can't hold a cent exactly."""

import json
from collections.abc import Sequence
from decimal import Decimal

from arqctl.core.json_access import Json
from arqctl.cost.assumptions import NO_USAGE, AssumedValue, Assumptions
from arqctl.cost.budget import BudgetComparison
from arqctl.cost.construct_costs import ConstructCost, costs_by_construct
from arqctl.cost.estimate import CostComponent, Estimate, ResourceCost


def render_json(
    environment: str,
    costs: Estimate,
    budgets: Sequence[BudgetComparison] = (),
    assumptions: Assumptions = NO_USAGE,
) -> str:
    """Render one JSON document, described in docs/cost.md. The same stacks give the same text."""
    document: Json = {
        "version": 1,
        "environment": environment,
        "currency": "USD",
        "monthly": _amount(costs.monthly if costs.is_known else None),
        "coverage": costs.coverage,
        "as_of": costs.as_of.isoformat(),
        "budgets": [_budget(each) for each in budgets],
        "assumptions": [_assumption(each) for each in assumptions],
        "constructs": [_construct(each) for each in costs_by_construct(costs)],
        "resources": [_resource(each) for each in costs.resources],
        "unpriced": [
            {"address": each.address, "type": each.type, "path": each.path, "reasons": list(each.reasons)}
            for each in costs.unpriced
        ],
        "usage_based": [
            {"address": each.address, "type": each.type, "path": each.path, "charged_for": each.charged_for}
            for each in costs.usage_based
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _budget(each: BudgetComparison) -> Json:
    return {
        "address": each.block.address,
        "stack": each.stack,
        "limit": _amount(each.limit),
        "is_close": each.is_close,
        "suggested": each.suggested,
    }


def _assumption(each: AssumedValue) -> Json:
    return {
        "name": each.name,
        "names": each.names or None,
        "value": _amount(each.value),
        "unit": each.unit,
        "why": each.why,
    }


def _construct(each: ConstructCost) -> Json:
    return {"path": each.path, "monthly": _amount(each.monthly), "unpriced": each.unpriced}


def _resource(cost: ResourceCost) -> Json:
    return {
        "address": cost.address,
        "type": cost.type,
        "path": cost.path,
        "monthly": _amount(cost.monthly),
        "components": [_component(each) for each in cost.components],
    }


def _component(component: CostComponent) -> Json:
    return {
        "item": component.item,
        "description": component.description,
        "region": component.region,
        "quantity": _amount(component.quantity),
        "unit": component.unit or None,
        "price": _amount(component.price),
        "monthly": _amount(component.monthly),
        "as_of": component.as_of.isoformat() if component.as_of else None,
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"

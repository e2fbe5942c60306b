"""Resources for pricing tests, built by hand or read from the committed snapshots."""

import json
from decimal import Decimal
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.json_access import Json
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.budget import estimate_stacks
from arqctl.cost.estimate import Estimate, ResourceCost, estimate
from arqctl.cost.priceable import PriceableResource, priceable_resources

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
ENVIRONMENTS = ("dev", "staging", "production")


def resource(
    type_: str, name: str = "main", region: str = "eu-west-1", /, **values: Json
) -> PriceableResource:
    return PriceableResource(f"{type_}.{name}", type_, f"production/{name}/Default", region, values)


def snapshot(name: str) -> tuple[PriceableResource, ...]:
    """Return all resources of a stack's committed snapshot."""
    return priceable_resources(stack(name))


def stack(name: str) -> Stack:
    """Return a stack from its committed snapshot."""
    file = SNAPSHOTS / f"{name}.json"
    text = file.read_text(encoding="utf-8")
    return Stack(name, name.partition("-")[0], file, text, json.loads(text))


def stacks_of(environment: str) -> list[str]:
    """Return the names of all stacks of an environment."""
    return sorted(file.stem for file in SNAPSHOTS.glob(f"{environment}*.json"))


def estimate_environment(environment: str) -> Estimate:
    """Estimate all stacks of an environment with their usage, as the command does."""
    return estimate_stacks(stack(name) for name in stacks_of(environment))


def used(resource_: PriceableResource, *others: PriceableResource) -> dict[str, Decimal | None]:
    """Return the monthly cost of each item, with the usage of production."""
    (cost,) = (
        each
        for each in estimate([resource_, *others], assumptions_of("production")).resources
        if each.address == resource_.address
    )
    return {component.item: component.monthly for component in cost.components}


def resource_cost(resource_: PriceableResource, *others: PriceableResource) -> ResourceCost:
    """Return the cost of a resource in a stack with other resources."""
    (cost,) = (each for each in estimate([resource_, *others]).resources if each.address == resource_.address)
    return cost


def monthly(resource_: PriceableResource, *others: PriceableResource) -> Decimal | None:
    return resource_cost(resource_, *others).monthly


def quantities(resource_: PriceableResource, *others: PriceableResource) -> dict[str, Decimal | None]:
    """Return the charged quantity of each item of the price table."""
    return {component.item: component.quantity for component in resource_cost(resource_, *others).components}


def cents(*amounts: str | Decimal) -> Decimal:
    """Sum amounts after rounding each to cents."""
    return sum((round(Decimal(amount), 2) for amount in amounts), Decimal("0.00"))

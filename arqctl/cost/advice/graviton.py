"""Advice: instances with Graviton processors instead of Intel and AMD."""

import re
from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars, price_of
from arqctl.cost.estimate import CostComponent

_TYPES = (
    "aws_autoscaling_group",
    "aws_db_instance",
    "aws_eks_node_group",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_instance",
)
_ITEM = re.compile(
    r"(?P<before>.*[/.])(?P<family>[cmrt])(?P<generation>[3-8])(?P<processor>[ai]?)\.(?P<size>\w+)"
)
# The Graviton generation of each family for which the table has prices.
_GRAVITON = {"c": "c7g", "m": "m7g", "r": "r7g", "t": "t4g"}


def advise_graviton(stack: StackCosts) -> Iterator[Saving]:
    """Compare each Intel or AMD instance with the Graviton instance of the same size."""
    for resource in stack.of_type(*_TYPES):
        for component in stack.components(resource, ""):
            saved = _saving(component)
            if saved:
                other, monthly, calculation = saved
                yield Saving(
                    kind="graviton",
                    change=f"Use {other}",
                    monthly=monthly,
                    calculation=calculation,
                    trade_off="Images and programs must be built for arm64; databases restart once.",
                    addresses=(resource.address,),
                )


def _saving(component: CostComponent) -> tuple[str, Decimal, str] | None:
    match = _ITEM.fullmatch(component.item)
    if not match or component.quantity is None or component.monthly is None:
        return None
    other = f"{match['before']}{_GRAVITON[match['family']]}.{match['size']}"
    price = price_of(component.region, other, component.quantity)
    if price is None or price >= component.monthly:
        return None
    name = other.rpartition("/")[2]
    return name, component.monthly - price, f"{dollars(component.monthly)} - {dollars(price)}"

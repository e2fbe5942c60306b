"""Advice: a commitment for a year for instances that always run."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars
from arqctl.cost.priceable import PriceableResource

_MINIMUM = Decimal(20)
"""Below, a commitment of a year isn't worth its limits."""
_NODES = ("aws_eks_node_group", "aws_autoscaling_group", "aws_instance")
_DATABASES = ("aws_db_instance",)
_CACHES = ("aws_elasticache_replication_group", "aws_elasticache_cluster")


def advise_commitments(stack: StackCosts) -> Iterator[Saving]:
    """Take a Compute Savings Plan for on-demand nodes, and reservations for databases and caches."""
    kinds = (
        ("Compute Savings Plan", _NODES, "ec2/", "savings_plan_discount"),
        ("reserved database instances", _DATABASES, "rds/postgres/", "reservation_discount"),
        ("reserved cache nodes", _CACHES, "elasticache/", "reservation_discount"),
    )
    for name, types, prefix, discount_name in kinds:
        used = [each for each in stack.of_type(*types) if not _is_spot(each)]
        charged = sum((stack.monthly(each, prefix) for each in used), Decimal(0))
        discount = stack.resources.usage(discount_name)
        if charged * discount >= _MINIMUM:
            yield Saving(
                kind="commitment",
                change=f"Buy a {name}" if name.endswith("Plan") else f"Buy {name}",
                monthly=round(charged * discount, 2),
                calculation=f"an assumed discount of {discount:.0%} of {dollars(charged)}, for a year "
                "without upfront payment",
                trade_off="You pay for a year, also after you reduce or replace the instances.",
                addresses=tuple(each.address for each in used if stack.monthly(each, prefix)),
            )


def _is_spot(resource: PriceableResource) -> bool:
    return resource.values.get("capacity_type") == "SPOT"

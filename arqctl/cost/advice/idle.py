"""Advice: remove resources that nothing uses."""

from collections.abc import Iterator

from arqctl.cost.advice.saving import Saving, StackCosts
from arqctl.cost.priceable import PriceableResource


def advise_idle(stack: StackCosts) -> Iterator[Saving]:
    """Remove addresses, load balancers and volumes to which no other resource refers."""
    users = {
        "aws_eip": ("aws_nat_gateway", "aws_eip_association", "aws_lb", "aws_network_interface"),
        "aws_lb": ("aws_lb_listener",),
        "aws_ebs_volume": ("aws_volume_attachment",),
    }
    for type_, by in users.items():
        for resource in stack.of_type(type_):
            monthly = stack.monthly(resource)
            if monthly and not _names_user(resource) and not stack.referrers(resource, *by):
                yield Saving(
                    kind="idle",
                    change=f"Remove {resource.path}: no {by[0]} uses it",
                    monthly=monthly,
                    calculation="the whole resource",
                    trade_off="None, if no resource outside this stack uses it.",
                    addresses=(resource.address,),
                )


def _names_user(resource: PriceableResource) -> bool:
    return bool(resource.values.get("instance") or resource.values.get("network_interface"))

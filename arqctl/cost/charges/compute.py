"""EC2 charges: instances, autoscaling groups and volumes."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import read_block, read_blocks, read_flag, read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction
from arqctl.cost.charges.instances import (
    charge_detailed_monitoring,
    charge_ebs_volumes,
    charge_instance_hours,
    charge_launch_template,
    charge_spot_hours,
    charge_unknown_volume,
)
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources


def charge_instance(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge one instance, its volumes, its monitoring, and its public address if it requests one."""
    values = resource.values
    yield charge_instance_hours(read_text(values, "instance_type"), ONE)
    root, stack = read_blocks(values, "root_block_device"), read_blocks(values, "ebs_block_device")
    if not root or not isinstance(root, tuple) or not isinstance(stack, tuple):
        yield charge_unknown_volume("defined by the machine image")
    else:
        for ebs in (*root, *stack):
            yield from charge_ebs_volumes(
                ebs, read_text(ebs, "volume_type"), read_number(ebs, "volume_size"), ONE
            )
    yield from charge_detailed_monitoring(values.get("monitoring"), ONE)
    if (public := read_flag(values, "associate_public_ip_address")) is not False:
        yield Charge("vpc/public-ipv4", ONE if public is True else None, "public IPv4 address")


def charge_autoscaling_group(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge an autoscaling group at its initial size: its desired capacity, or its minimum size.

    The instances distribution splits the size into on-demand and spot instances. All count as the first
    instance type.
    """
    values = resource.values
    mixed = read_block(values, "mixed_instances_policy")
    chosen = read_block(mixed, "launch_template")
    template = _template(
        read_block(chosen, "launch_template_specification") or read_block(values, "launch_template"), stack
    )
    size = None if values.get("mixed_instances_policy") and not mixed else _size(values)
    first, size = _first_choice(chosen, size)
    on_demand, spot = _split_by_purchase_option(read_block(mixed, "instances_distribution"), size)
    type_ = first or read_text(template.values if template else {}, "instance_type")
    yield charge_instance_hours(type_, on_demand)
    if spot != 0:
        yield charge_spot_hours(type_, spot, stack)
    if template:
        yield from charge_launch_template(template.values, size)
    else:
        yield charge_unknown_volume("defined by a launch template")


def _template(reference: Body, stack: StackResources) -> PriceableResource | None:
    names = ("launch_template_id", "launch_template_name", "id", "name")
    return stack.find(
        "aws_launch_template", next((reference[name] for name in names if reference.get(name)), None)
    )


def _size(values: Body) -> Decimal | None:
    minimum = read_number(values, "min_size")
    desired = read_number(values, "desired_capacity", 0)
    return None if minimum is None or desired is None else max(minimum, desired)


def _first_choice(chosen: Body, size: Decimal | None) -> tuple[str, Decimal | None]:
    """Return the first instance type and the size, which is unknown if the types have weights."""
    overrides = read_blocks(chosen, "override")
    if not isinstance(overrides, tuple) or any(each.get("weighted_capacity") for each in overrides):
        return "", None
    if not overrides:
        return "", size
    type_ = read_text(overrides[0], "instance_type")
    return type_, size if type_ else None


def _split_by_purchase_option(
    distribution: Body, size: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the numbers of on-demand instances, which AWS rounds up, and of spot instances."""
    base = read_number(distribution, "on_demand_base_capacity", 0)
    percent = read_number(distribution, "on_demand_percentage_above_base_capacity", 100)
    if size is None or base is None or percent is None:
        return None, None
    above = max(size - base, Decimal(0))
    on_demand = min(size, base) + (above * percent / 100).to_integral_value(ROUND_CEILING)
    return on_demand, size - on_demand


def charge_standalone_volume(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge one volume."""
    values = resource.values
    yield from charge_ebs_volumes(values, read_text(values, "type", "gp2"), read_number(values, "size"), ONE)


COMPUTE: Mapping[str, ChargeFunction] = {
    "aws_autoscaling_group": charge_autoscaling_group,
    "aws_ebs_volume": charge_standalone_volume,
    "aws_instance": charge_instance,
}

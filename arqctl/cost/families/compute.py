"""Instances, autoscaling groups and disks."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.families.launch import detailed, disk, from_template, hours, unknown_disk
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import block, blocks, flag, number, text


def instance(resource: Priced, _: Resources) -> Iterator[Charge]:
    """One instance, its disks, its monitoring, and its public address where it asks for one."""
    values = resource.values
    yield hours(text(values, "instance_type"), ONE)
    root, others = blocks(values, "root_block_device"), blocks(values, "ebs_block_device")
    if not root or not isinstance(root, tuple) or not isinstance(others, tuple):
        yield unknown_disk("that the machine image describes")
    else:
        for ebs in (*root, *others):
            yield from disk(ebs, text(ebs, "volume_type"), number(ebs, "volume_size"), ONE)
    yield from detailed(values.get("monitoring"), ONE)
    if (public := flag(values, "associate_public_ip_address")) is not False:
        yield Charge("vpc/public-ipv4", ONE if public is True else None, "public IPv4 address")


def group(resource: Priced, others: Resources) -> Iterator[Charge]:
    """A group at the size it starts with: its desired capacity, or the least it may have.

    On demand and spot are told apart as the group's own distribution has it, and counted as the first choice
    among the instance types.
    """
    values = resource.values
    mixed = block(values, "mixed_instances_policy")
    chosen = block(mixed, "launch_template")
    template = _template(
        block(chosen, "launch_template_specification") or block(values, "launch_template"), others
    )
    size = None if values.get("mixed_instances_policy") and not mixed else _size(values)
    first, size = _first(chosen, size)
    demand, spot = _shares(block(mixed, "instances_distribution"), size)
    type_ = first or text(template.values if template else {}, "instance_type")
    yield hours(type_, demand)
    if spot != 0:
        yield hours(type_, spot, spot=True)
    if template:
        yield from from_template(template.values, size)
    else:
        yield unknown_disk("that a launch template describes")


def _template(named: Body, others: Resources) -> Priced | None:
    names = ("launch_template_id", "launch_template_name", "id", "name")
    return others.find("aws_launch_template", next((named[name] for name in names if named.get(name)), None))


def _size(values: Body) -> Decimal | None:
    least = number(values, "min_size")
    wanted = number(values, "desired_capacity", 0)
    return None if least is None or wanted is None else max(least, wanted)


def _first(chosen: Body, size: Decimal | None) -> tuple[str, Decimal | None]:
    """The first choice of an instance type, and the size, which isn't a count where types have weights."""
    overrides = blocks(chosen, "override")
    if not isinstance(overrides, tuple) or any(each.get("weighted_capacity") for each in overrides):
        return "", None
    if not overrides:
        return "", size
    type_ = text(overrides[0], "instance_type")
    return type_, size if type_ else None


def _shares(distribution: Body, size: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """How many run on demand, which AWS rounds up, and how many spot."""
    base = number(distribution, "on_demand_base_capacity", 0)
    percent = number(distribution, "on_demand_percentage_above_base_capacity", 100)
    if size is None or base is None or percent is None:
        return None, None
    above = max(size - base, Decimal(0))
    demand = min(size, base) + (above * percent / 100).to_integral_value(ROUND_CEILING)
    return demand, size - demand


def volume(resource: Priced, _: Resources) -> Iterator[Charge]:
    """One volume, at its size."""
    values = resource.values
    yield from disk(values, text(values, "type", "gp2"), number(values, "size"), ONE)


COMPUTE: Mapping[str, Charging] = {
    "aws_autoscaling_group": group,
    "aws_ebs_volume": volume,
    "aws_instance": instance,
}

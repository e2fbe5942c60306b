"""The instances that node groups and autoscaling groups can launch at most, updates included."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsContext, IncompleteStackError
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.aws.zones import subnet_zones

_NODES_PER_ZONE = 2


@dataclass(frozen=True)
class InstancePool:
    """Instances of one group: the types that it may choose from, with their weights, and its zones.

    `on_demand` and `spot` are the numbers of instances, or of units if the types have weights.
    """

    address: str
    region: str
    types: dict[str, int]
    zones: tuple[str, ...]
    on_demand: int
    spot: int


def instance_pools(context: AwsContext) -> Iterator[InstancePool]:
    """Yield the pools of all node groups and autoscaling groups.

    Raises:
        IncompleteStackError: when the zones of a group or its instance types are not in the stack.
    """
    for group in context.configuration.resources("aws_eks_node_group"):
        yield _node_group(context, group)
    for group in context.configuration.resources("aws_autoscaling_group"):
        yield _autoscaling_group(context, group)


def instance_types(context: AwsContext) -> Iterator[tuple[str, list[str]]]:
    """Yield the region and the instance types of all node groups and autoscaling groups.

    Raises:
        IncompleteStackError: when the types of a group are not in the stack.
    """
    for group in context.configuration.resources("aws_eks_node_group", "aws_autoscaling_group"):
        yield group.region, [*_types(context, group)]


def uses_spot(context: AwsContext) -> bool:
    """Return whether a node group or an autoscaling group may have spot instances."""
    node_groups = context.configuration.resources("aws_eks_node_group")
    groups = context.configuration.resources("aws_autoscaling_group")
    return any(map(_is_spot, node_groups)) or any(_sizes(group)[1] for group in groups)


def _node_group(context: AwsContext, group: Resource) -> InstancePool:
    zones = subnet_zones(context, group, group.arguments.get("subnet_ids"))
    size = _integer(_block(group.arguments, "scaling_config").get("max_size")) + _surge(group, len(zones))
    is_spot = _is_spot(group)
    return InstancePool(
        group.block.address,
        group.region,
        _types(context, group),
        zones,
        on_demand=0 if is_spot else size,
        spot=size if is_spot else 0,
    )


def _is_spot(node_group: Resource) -> bool:
    return node_group.text("capacity_type") == "SPOT"


def _surge(group: Resource, zones: int) -> int:
    """Return the nodes that an update adds: two for each zone, or as many as are unavailable at once.

    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    update = _block(group.arguments, "update_config")
    size = _integer(_block(group.arguments, "scaling_config").get("max_size"))
    share = math.ceil(_integer(update.get("max_unavailable_percentage")) * size / 100)
    if as_text(update.get("update_strategy")) == "MINIMAL":
        return 0
    return max(_NODES_PER_ZONE * zones, _integer(update.get("max_unavailable")), share)


def _autoscaling_group(context: AwsContext, group: Resource) -> InstancePool:
    on_demand, spot = _sizes(group)
    return InstancePool(
        group.block.address,
        group.region,
        _types(context, group),
        subnet_zones(context, group, group.arguments.get("vpc_zone_identifier")),
        on_demand=on_demand,
        spot=spot,
    )


def _sizes(group: Resource) -> tuple[int, int]:
    """Return the numbers of on-demand and spot instances of an autoscaling group."""
    maintenance = _block(group.arguments, "instance_maintenance_policy")
    healthy = max(_integer(maintenance.get("max_healthy_percentage")), 100)
    size = math.ceil(_integer(group.arguments.get("max_size")) * healthy / 100)
    distribution = _block(_block(group.arguments, "mixed_instances_policy"), "instances_distribution")
    base = _integer(distribution.get("on_demand_base_capacity"))
    percent = distribution.get("on_demand_percentage_above_base_capacity")
    share = 100 if percent is None else _integer(percent)
    above = max(size - base, 0)
    on_demand = min(base, size) + math.ceil(above * share / 100)
    return on_demand, math.ceil(above * (100 - share) / 100)


def _types(context: AwsContext, group: Resource) -> dict[str, int]:
    """Return the weights of the types that a group may choose from, by type."""
    listed = dict.fromkeys(map(as_text, as_list(group.arguments.get("instance_types"))), 1)
    template = _block(_block(group.arguments, "mixed_instances_policy"), "launch_template")
    found = listed or _overrides(template) or _launched(context, group, template)
    if not found or not all(found) or any("${" in type_ for type_ in found):
        raise IncompleteStackError(
            f"{group.block.address}: its instance types are not in the stack",
            "Compare them yourself with the quotas and the zones",
        )
    return found


def _overrides(template: Body) -> dict[str, int]:
    overrides = [as_object(each) for each in as_list(template.get("override"))]
    return {
        as_text(each.get("instance_type")): max(_integer(each.get("weighted_capacity")), 1)
        for each in overrides
    }


def _launched(context: AwsContext, group: Resource, template: Body) -> dict[str, int]:
    """Return the type of a group's launch template."""
    reference = _block(template, "launch_template_specification") or _block(
        group.arguments, "launch_template"
    )
    launched = context.configuration.find(group, reference.get("launch_template_id") or reference.get("id"))
    return {launched.text("instance_type"): 1} if launched else {}


def _block(body: Body, name: str) -> Body:
    """Return a nested block, which CDKTF writes as an object or as a list with one object."""
    value = body.get(name)
    return as_object(value[0] if isinstance(value, list) and value else value)


def _integer(value: Json) -> int:
    text = str(value)
    return int(text) if text.lstrip("-").isdigit() else 0

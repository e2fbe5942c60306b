"""EKS charges: control planes, and node groups at their initial size."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import read_block, read_flag, read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction, charge_usage
from arqctl.cost.charges.instances import (
    charge_instance_hours,
    charge_launch_template,
    charge_spot_hours,
    charge_unknown_volume,
)
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources


def charge_control_plane(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a control plane whose version is in standard support."""
    yield Charge("eks/cluster", ONE, "control plane, in standard support")
    if read_flag(read_block(resource.values, "compute_config"), "enabled") is not False:
        yield Charge("eks/auto-mode", None, "instances that EKS Auto Mode starts")


def charge_node_group(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the desired nodes, of the first instance type, with the volumes of their launch template."""
    values = resource.values
    reference = read_block(values, "launch_template")
    template = stack.find("aws_launch_template", reference.get("id") or reference.get("name"))
    nodes = _node_count(read_block(values, "scaling_config"))
    capacity = read_text(values, "capacity_type", "ON_DEMAND")
    type_ = _instance_type(values, template)
    if capacity == "SPOT":
        yield charge_spot_hours(type_, nodes, stack)
    else:
        yield charge_instance_hours(type_, nodes if capacity else None)
    if template:
        yield from charge_launch_template(template.values, nodes)
    else:
        source = "defined by a launch template" if reference else "of the type that EKS chooses"
        yield charge_unknown_volume(source)


def _node_count(scaling: Body) -> Decimal | None:
    minimum, desired = read_number(scaling, "min_size"), read_number(scaling, "desired_size")
    return None if minimum is None or desired is None else max(minimum, desired)


def _instance_type(values: Body, template: PriceableResource | None) -> str:
    types = values.get("instance_types")
    if types is None:
        return read_text(template.values, "instance_type") if template else ""
    return read_text({"first": types[0]}, "first") if isinstance(types, list) and types else ""


def charge_addon(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the observations of Container Insights. Other add-ons are free."""
    if read_text(resource.values, "addon_name") == "amazon-cloudwatch-observability":
        yield from charge_usage(
            "cloudwatch/observation", stack.usage("observations"), "observation of Container Insights"
        )


CLUSTER: Mapping[str, ChargeFunction] = {
    "aws_eks_addon": charge_addon,
    "aws_eks_cluster": charge_control_plane,
    "aws_eks_node_group": charge_node_group,
}

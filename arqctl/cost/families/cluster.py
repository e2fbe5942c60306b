"""EKS: control planes, and node groups at the size they start with."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.families.launch import from_template, hours, unknown_disk
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import block, flag, number, text


def control_plane(resource: Priced, _: Resources) -> Iterator[Charge]:
    """A control plane whose version is in standard support."""
    yield Charge("eks/cluster", ONE, "control plane, in standard support")
    if flag(block(resource.values, "compute_config"), "enabled") is not False:
        yield Charge("eks/auto-mode", None, "instances that EKS Auto Mode starts")


def node_group(resource: Priced, others: Resources) -> Iterator[Charge]:
    """Nodes of the first instance type, as many as desired, with the disks of their launch template."""
    values = resource.values
    named = block(values, "launch_template")
    template = others.find("aws_launch_template", named.get("id") or named.get("name"))
    nodes = _nodes(block(values, "scaling_config"))
    capacity = text(values, "capacity_type", "ON_DEMAND")
    yield hours(_type(values, template), nodes if capacity else None, spot=capacity == "SPOT")
    if template:
        yield from from_template(template.values, nodes)
    else:
        yield unknown_disk("that a launch template describes" if named else "of the type that EKS chooses")


def _nodes(scaling: Body) -> Decimal | None:
    least, wanted = number(scaling, "min_size"), number(scaling, "desired_size")
    return None if least is None or wanted is None else max(least, wanted)


def _type(values: Body, template: Priced | None) -> str:
    types = values.get("instance_types")
    if types is None:
        return text(template.values, "instance_type") if template else ""
    return text({"first": types[0]}, "first") if isinstance(types, list) and types else ""


CLUSTER: Mapping[str, Charging] = {
    "aws_eks_cluster": control_plane,
    "aws_eks_node_group": node_group,
}

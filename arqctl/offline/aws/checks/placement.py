"""Checks of resources that need subnets in two availability zones."""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.resource import Resource, as_list, known_prefix, make_error
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

_MIN_ZONES = 2
_SUBNET_ARGUMENTS: Mapping[str, tuple[str, str]] = {
    "aws_db_subnet_group": ("", "subnet_ids"),
    "aws_docdb_subnet_group": ("", "subnet_ids"),
    "aws_neptune_subnet_group": ("", "subnet_ids"),
    "aws_dms_replication_subnet_group": ("", "subnet_ids"),
    "aws_eks_cluster": ("vpc_config", "subnet_ids"),
    "aws_db_proxy": ("", "vpc_subnet_ids"),
    "aws_lb": ("", "subnets"),
}


def check_subnet_count(resource: Resource) -> Iterator[Diagnostic]:
    """Check that at least two subnets are given, known or not."""
    block, name = _SUBNET_ARGUMENTS[resource.type]
    for subnets in _subnets(resource):
        if len(subnets) < _MIN_ZONES:
            yield make_error(
                "Fewer than two zones",
                f"{name} has {len(subnets)} subnet. Use subnets of at least two zones.",
                block or name,
            )


def check_zone_count(resource: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that the subnets are in two zones, and for a load balancer each in its own."""
    block, name = _SUBNET_ARGUMENTS[resource.type]
    for subnets in _subnets(resource):
        zones = [_zone_of_reference(each, planned) for each in subnets]
        if len(zones) < _MIN_ZONES or "" in zones:
            continue
        if len(set(zones)) < _MIN_ZONES:
            yield make_error(
                "Fewer than two zones",
                f"All {len(zones)} subnets of {name} are in {zones[0]}. Use subnets of at least two zones.",
                block or name,
            )
        elif resource.type == "aws_lb" and len(set(zones)) < len(zones):
            yield make_error(
                "Two subnets in one zone",
                f"{name} has two subnets in one zone. A load balancer accepts one subnet per zone.",
                name,
            )


def _subnets(resource: Resource) -> Iterator[list[Value]]:
    block, name = _SUBNET_ARGUMENTS[resource.type]
    # Network and gateway load balancers may use one zone.
    if resource.type == "aws_lb" and resource.values.get("load_balancer_type") not in (
        None,
        "",
        "application",
    ):
        return
    for values in resource.get_blocks(block) if block else [resource.values]:
        if isinstance(values.get(name), list):
            given = as_list(values.get(name))
            # The same reference twice counts as one subnet.
            known_ids = {known_prefix(each) for each in given if isinstance(each, str)}
            yield [*known_ids, *(each for each in given if not isinstance(each, str))]


def _zone_of_reference(subnet: Value, planned: PlannedResources) -> str:
    found = planned.resolve_reference("aws_subnet", subnet)
    zones = {_zone_of(each) for each in found}
    return zones.pop() if len(zones) == 1 else ""


def _zone_of(subnet: Resource) -> str:
    return subnet.get_text("availability_zone_id") or subnet.get_text("availability_zone") or ""

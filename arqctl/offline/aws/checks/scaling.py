"""Checks of scaling: sizes, launch source, health percentages and scaling policies."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from arqctl.offline.aws.checks.resource import Resource, check_exactly_one, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# The block of the three size arguments ("" for the resource itself), and their names.
_SIZE_ARGUMENTS: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "aws_autoscaling_group": (("", "min_size", "desired_capacity", "max_size"),),
    "aws_autoscaling_schedule": (("", "min_size", "desired_capacity", "max_size"),),
    "aws_eks_node_group": (("scaling_config", "min_size", "desired_size", "max_size"),),
    "aws_appautoscaling_target": (("", "min_capacity", "", "max_capacity"),),
    "aws_rds_cluster": (
        ("serverlessv2_scaling_configuration", "min_capacity", "", "max_capacity"),
        ("scaling_configuration", "min_capacity", "", "max_capacity"),
    ),
}
# A schedule doesn't change what it sets to -1.
_UNCHANGED = -1
# Arguments that each type of scaling policy needs.
_POLICY_ARGUMENTS = {
    "TargetTrackingScaling": ("target_tracking_configuration",),
    "StepScaling": ("adjustment_type", "step_adjustment"),
    "PredictiveScaling": ("predictive_scaling_configuration",),
    "SimpleScaling": ("adjustment_type", "scaling_adjustment"),
}


def check_sizes(resource: Resource) -> Iterator[Diagnostic]:
    """Check that minimum, desired and maximum size are in this order and not negative."""
    for block, low, middle, high in _SIZE_ARGUMENTS[resource.type]:
        for values in resource.get_blocks(block) if block else [resource.values]:
            numbers = [(name, as_number(values.get(name))) for name in (low, middle, high)]
            known = [(name, each) for name, each in numbers if each is not None and each != _UNCHANGED]
            for name, each in known:
                if each < 0:
                    yield make_error("Negative size", f"{name} is {each}. Use 0 or more.", block or name)
            for (name, value), (next_name, next_value) in pairwise(known):
                if value > next_value:
                    yield make_error(
                        "Sizes out of order",
                        f"{name} is {value} and {next_name} is {next_value}. "
                        "Use minimum <= desired <= maximum.",
                        block or name,
                    )


def check_launch_source(group: Resource) -> Iterator[Diagnostic]:
    """Check that an autoscaling group has one launch source, and subnets."""
    launch_sources = ("launch_configuration", "launch_template", "mixed_instances_policy")
    if problem := check_exactly_one(group.values, launch_sources):
        yield make_error("Autoscaling group needs exactly one launch source", problem)
    if problem := check_exactly_one(group.values, ("vpc_zone_identifier", "availability_zones")):
        yield make_error("Autoscaling group needs subnets", problem)


def check_healthy_percentages(resource: Resource) -> Iterator[Diagnostic]:
    """Check that minimum and maximum healthy percentages are in order and at most 100 apart."""
    for policy in resource.get_blocks("instance_maintenance_policy"):
        yield from _check_percentages(policy, "instance_maintenance_policy")
    for refresh in resource.get_blocks("instance_refresh"):
        preferences = refresh.get("preferences")
        for each in preferences if isinstance(preferences, list) else [preferences]:
            if isinstance(each, dict):
                yield from _check_percentages(each, "instance_refresh")


def check_policy_arguments(policy: Resource) -> Iterator[Diagnostic]:
    """Check that a scaling policy has the arguments that its type needs."""
    kind = policy.get_text("policy_type") or ""
    for name in _POLICY_ARGUMENTS.get(kind, ()):
        # Zero is a valid adjustment.
        if policy.values.get(name) in (None, "", []):
            yield make_error("Incomplete scaling policy", f"{kind} needs {name}. Set it.", name)


def _check_percentages(values: Mapping[str, Value], block: str) -> Iterator[Diagnostic]:
    low, high = (
        as_number(values.get("min_healthy_percentage")),
        as_number(values.get("max_healthy_percentage")),
    )
    # -1 removes the limit.
    if low is None or high is None or _UNCHANGED in (low, high):
        return
    if low > high or float(high) - float(low) > 100:  # noqa: PLR2004 - per cent
        yield make_error(
            "Invalid healthy percentages",
            f"min_healthy_percentage is {low} and max_healthy_percentage is {high}. The minimum must be "
            "smaller, by at most 100.",
            block,
        )

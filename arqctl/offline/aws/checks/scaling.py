"""Numbers of instances: a minimum, what is desired, a maximum, in this order."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from arqctl.offline.aws.checks.resource import Resource, check_exactly_one, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# Where the three numbers stand: a block ("" for the resource itself) and their names.
_PLACES: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "aws_autoscaling_group": (("", "min_size", "desired_capacity", "max_size"),),
    "aws_autoscaling_schedule": (("", "min_size", "desired_capacity", "max_size"),),
    "aws_eks_node_group": (("scaling_config", "min_size", "desired_size", "max_size"),),
    "aws_appautoscaling_target": (("", "min_capacity", "", "max_capacity"),),
    "aws_rds_cluster": (
        ("serverlessv2_scaling_configuration", "min_capacity", "", "max_capacity"),
        ("scaling_configuration", "min_capacity", "", "max_capacity"),
    ),
}
# A schedule leaves alone what it sets to -1.
_LEFT_ALONE = -1


def check_sizes(resource: Resource) -> Iterator[Diagnostic]:
    """The three numbers of whatever scales."""
    for block, low, middle, high in _PLACES[resource.type]:
        for values in resource.get_blocks(block) if block else [resource.values]:
            numbers = [(name, as_number(values.get(name))) for name in (low, middle, high)]
            known = [(name, each) for name, each in numbers if each is not None and each != _LEFT_ALONE]
            for name, each in known:
                if each < 0:
                    yield make_error("A negative size", f"{name} is {each}; take 0 or more.", block or name)
            for (name, less), (other, more) in pairwise(known):
                if less > more:
                    yield make_error(
                        "Sizes out of order",
                        f"{name} is {less} and {other} is {more}. First the minimum, then what is "
                        "desired, then the maximum.",
                        block or name,
                    )


def check_launch_source(group: Resource) -> Iterator[Diagnostic]:
    """An autoscaling group launches from exactly one template."""
    ways = ("launch_configuration", "launch_template", "mixed_instances_policy")
    if problem := check_exactly_one(group.values, ways):
        yield make_error("An autoscaling group needs one template", problem)
    if problem := check_exactly_one(group.values, ("vpc_zone_identifier", "availability_zones")):
        yield make_error("An autoscaling group needs subnets", problem)


def check_healthy_percentages(resource: Resource) -> Iterator[Diagnostic]:
    """Shares of healthy instances: both given or none, at most 100 apart, in order."""
    for policy in resource.get_blocks("instance_maintenance_policy"):
        yield from _check_percentages(policy, "instance_maintenance_policy")
    for refresh in resource.get_blocks("instance_refresh"):
        preferences = refresh.get("preferences")
        for each in preferences if isinstance(preferences, list) else [preferences]:
            if isinstance(each, dict):
                yield from _check_percentages(each, "instance_refresh")


def _check_percentages(values: Mapping[str, Value], block: str) -> Iterator[Diagnostic]:
    low, high = (
        as_number(values.get("min_healthy_percentage")),
        as_number(values.get("max_healthy_percentage")),
    )
    # -1 takes the limit away.
    if low is None or high is None or _LEFT_ALONE in (low, high):
        return
    if low > high or float(high) - float(low) > 100:  # noqa: PLR2004 - per cent
        yield make_error(
            "Shares of healthy instances that AWS refuses",
            f"min_healthy_percentage is {low} and max_healthy_percentage {high}; the first "
            "is the smaller one, by at most 100.",
            block,
        )

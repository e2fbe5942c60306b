"""Checks that each zone of a group of instances offers at least one of its instance types."""

from collections.abc import Iterator

from arqctl.core.json_access import Json, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.instance_pools import InstancePool, instance_pools
from arqctl.doctor.check import Check


def _check(context: AwsContext) -> Iterator[Check]:
    pools = tuple(instance_pools(context))
    offered = {
        region: _offered(
            context, region, {type_ for pool in pools if pool.region == region for type_ in pool.types}
        )
        for region in sorted({pool.region for pool in pools})
    }
    gaps = [
        (pool, zone) for pool in pools for zone in pool.zones if not offered[pool.region] & _pairs(pool, zone)
    ]
    for pool, zone in gaps:
        what = f"{zone} offers none of {', '.join(pool.types)} ({pool.address})"
        fix = f"aws ec2 describe-instance-type-offerings --location-type availability-zone-id --filters Name=location,Values={zone} --region {pool.region}"  # noqa: E501 - one command
        yield missing(INSTANCE_TYPES.name, what, fix)
    if pools and not gaps:
        types = sorted({type_ for pool in pools for type_ in pool.types})
        yield ok(INSTANCE_TYPES.name, f"{', '.join(types)}: offered in all zones of their groups")


def _offered(context: AwsContext, region: str, types: set[str]) -> set[tuple[str, str]]:
    """Return the pairs of type and zone id that a region offers."""
    wanted: list[Json] = [*sorted(types)]
    offerings = context.list_all(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        region,
        LocationType="availability-zone-id",
        Filters=[{"Name": "instance-type", "Values": wanted}],
    )
    return {(as_text(each.get("InstanceType")), as_text(each.get("Location"))) for each in offerings}


def _pairs(pool: InstancePool, zone: str) -> set[tuple[str, str]]:
    return {(type_, zone) for type_ in pool.types}


INSTANCE_TYPES = AwsCheck("instance types", ("ec2:DescribeInstanceTypeOfferings",), _check)

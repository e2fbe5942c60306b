"""Checks that the availability zones of the subnets exist in the account."""

from collections.abc import Iterator

from arqctl.core.json_access import Json, as_list, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check


def zone_names(context: AwsContext, region: str) -> dict[str, str]:
    """Return the names of a region's available zones by their ids. Names differ between accounts.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
    """
    zones = context.list_all("ec2", "describe_availability_zones", "AvailabilityZones", region)
    return {
        as_text(zone.get("ZoneId")): as_text(zone.get("ZoneName"))
        for zone in zones
        if zone.get("State") == "available"
    }


def subnet_zones(context: AwsContext, origin: Resource, references: Json) -> tuple[str, ...]:
    """Return the zones, by id or name, of the subnets that an argument refers to.

    Raises:
        IncompleteStackError: when the stack has no zone for one of them, for example a subnet of others.
    """
    zones = [_zone(context.configuration.find(origin, each)) for each in as_list(references)]
    if not zones or not all(zones):
        address, region = origin.block.address, origin.region
        raise IncompleteStackError(
            f"{address}: the zones of its subnets are not in the stack",
            f"Compare them yourself: aws ec2 describe-subnets --region {region}",
        )
    return tuple(sorted(set(zones)))


def _zone(subnet: Resource | None) -> str:
    return subnet.text("availability_zone_id") or subnet.text("availability_zone") if subnet else ""


def _check(context: AwsContext) -> Iterator[Check]:
    subnets = context.configuration.resources("aws_subnet")
    for region in sorted({subnet.region for subnet in subnets}):
        in_region = [subnet for subnet in subnets if subnet.region == region]
        wanted = {_zone(subnet) for subnet in in_region}
        names = zone_names(context, region)
        absent = sorted(wanted - {""} - names.keys() - set(names.values()))
        if absent:
            fix = f"aws ec2 describe-availability-zones --region {region}"
            yield missing(
                ZONES.name, f"{', '.join(absent)}: not in this account; it has {', '.join(names)}", fix
            )
        else:
            yield ok(ZONES.name, ", ".join(sorted(wanted - {""})))


ZONES = AwsCheck("availability zones", ("ec2:DescribeAvailabilityZones",), _check)

"""Checks that the zones of each database offer its instance class for its engine version."""

from collections.abc import Iterator

from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.aws.zones import subnet_zones, zone_names
from arqctl.doctor.check import Check

_ZONES_OF_MULTI_AZ = 2


def _check(context: AwsContext) -> Iterator[Check]:
    databases = context.configuration.resources("aws_db_instance")
    fine = []
    for database in databases:
        class_, needed = database.text("instance_class"), _zones_needed(database)
        source = _source(context, database)
        found = _zones(context, database, source)
        if len(found) >= needed:
            fine.append(f"{class_} in {len(found)} zones")
            continue
        engine, version = source.text("engine"), source.text("engine_version")
        what = f"{class_} for {engine} {version}: offered in {len(found)} of its zones, needs {needed}"
        fix = f"aws rds describe-orderable-db-instance-options --engine {engine} --db-instance-class {class_}"
        yield missing(DATABASE_CLASSES.name, what, f"{fix} --region {database.region}")
    if fine and len(fine) == len(databases):
        yield ok(DATABASE_CLASSES.name, ", ".join(fine))


def _zones(context: AwsContext, database: Resource, source: Resource) -> set[str]:
    """Return the ids of those zones of a database that offer its class for the engine of its source."""
    options = context.list_all(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        database.region,
        Engine=source.text("engine"),
        DBInstanceClass=database.text("instance_class"),
    )
    offered = {
        as_text(as_object(zone).get("Name"))
        for option in options
        if _fits(option, source)
        for zone in as_list(option.get("AvailabilityZones"))
    }
    names = zone_names(context, database.region)
    own = _subnet_group_zones(context, source) if source.arguments.get("db_subnet_group_name") else names
    return {zone for zone in own if names.get(zone, zone) in offered}


def _subnet_group_zones(context: AwsContext, source: Resource) -> tuple[str, ...]:
    reference = source.arguments.get("db_subnet_group_name")
    group = context.configuration.find(source, reference)
    if group is None:
        raise IncompleteStackError(
            f"{source.block.address}: its subnet group is not in the stack",
            f"Compare its zones yourself: aws rds describe-db-subnet-groups --region {source.region}",
        )
    return subnet_zones(context, group, group.arguments.get("subnet_ids"))


def _fits(option: Body, source: Resource) -> bool:
    """Return whether an option has the version, or a minor version of it, and the storage type."""
    version, wanted = as_text(option.get("EngineVersion")), source.text("engine_version")
    storage = source.text("storage_type")
    return f"{version}.".startswith(f"{wanted}." if wanted else "") and storage in (
        "",
        option.get("StorageType"),
    )


def _source(context: AwsContext, database: Resource) -> Resource:
    """Return the database itself, or the source of a replica, which has the engine and the subnets."""
    return context.configuration.find(database, database.arguments.get("replicate_source_db")) or database


def _zones_needed(database: Resource) -> int:
    return _ZONES_OF_MULTI_AZ if database.arguments.get("multi_az") is True else 1


DATABASE_CLASSES = AwsCheck(
    "database classes",
    ("ec2:DescribeAvailabilityZones", "rds:DescribeOrderableDBInstanceOptions"),
    _check,
)

"""RDS charges: instances with their standby and storage, and proxies."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import Unknown, read_flag, read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction, charge_usage, multiply
from arqctl.cost.charges.instances import excess_over_included
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_INHERITED = ("engine", "allocated_storage", "storage_type", "iops", "storage_throughput")
"""Arguments that a replica inherits from its source unless they are set."""

_LARGE_VOLUME_GIB = 400
"""From this size, a gp3 volume is striped and includes four times the performance."""

_INCLUDED_PERFORMANCE = {
    "gp3": {"iops": (3000, 12000), "storage_throughput": (125, 500)},
    "io1": {"iops": (0, 0)},
    "io2": {"iops": (0, 0)},
}
"""Performance that small and large volumes include, by storage type; more is charged."""

_FREE_RETENTION_DAYS = 7
_ARN = re.compile(r"arn:[^:]*:rds:(?P<region>[^:]+):")
_INSTANCE_CLASS = re.compile(r"\Adb\.[a-z0-9]+\.(?:(\d+)xlarge|(xlarge)|large|medium|small|micro)\Z")


def charge_instance(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge an instance and, with Multi-AZ, its standby: hours, storage and enabled features."""
    values = _inherit_from_source(resource.values, stack)
    standby = read_flag(values, "multi_az")
    instances = None if isinstance(standby, Unknown) else Decimal(2 if standby else 1)
    engine, class_ = read_text(values, "engine"), read_text(values, "instance_class")
    quantity = instances if engine and class_ else None
    yield Charge(f"rds/{engine or '?'}/{class_ or '?'}", quantity, f"{class_ or 'unknown'} instance")
    yield from _charge_storage(values, instances)
    yield from _charge_insights(values, class_, instances)
    if source := values.get("replicate_source_db"):
        yield from _charge_replication(str(source), resource.region, stack)
    else:
        yield from _charge_backups(values, stack)
    if (managed := read_flag(values, "manage_master_user_password")) is not False:
        yield Charge("secretsmanager/secret", ONE if managed is True else None, "secret of the master user")


def _inherit_from_source(values: Body, stack: StackResources) -> Body:
    source_reference = values.get("replicate_source_db")
    source = stack.find("aws_db_instance", source_reference)
    given: Body = {key: value for key, value in values.items() if value is not None}
    if not source_reference:
        return given
    source_values = source.values if source else {}
    inherited = {key: source_values[key] for key in _INHERITED if source_values.get(key) is not None}
    return {**inherited, **given}


def _charge_storage(values: Body, instances: Decimal | None) -> Iterator[Charge]:
    kind = read_text(values, "storage_type", "io1" if values.get("iops") else "gp2")
    gib = read_number(values, "allocated_storage")
    quantity = multiply(gib, instances) if kind else None
    yield Charge(f"rds/{kind or '?'}", quantity, f"GiB of {kind or 'unknown'} storage")
    for name, (small, large) in _INCLUDED_PERFORMANCE.get(kind, {}).items():
        included = large if gib is not None and gib >= _LARGE_VOLUME_GIB else small
        extra = excess_over_included(values, name, Decimal(included))
        if extra != 0:
            yield Charge(f"rds/{kind}/{name}", multiply(extra, instances), f"{name} of {kind} storage")


def _charge_insights(values: Body, class_: str, instances: Decimal | None) -> Iterator[Charge]:
    mode = read_text(values, "database_insights_mode", "standard")
    if mode != "standard":
        vcpus = multiply(vcpu_count(class_), instances) if mode else None
        yield Charge("rds/database-insights", vcpus, "vCPU with Database Insights")
        return
    if read_flag(values, "performance_insights_enabled") is False:
        return
    days = read_number(values, "performance_insights_retention_period", _FREE_RETENTION_DAYS)
    if days is None or days > _FREE_RETENTION_DAYS:
        yield Charge("rds/performance-insights", None, "Performance Insights retention over 7 days")


def _charge_backups(values: Body, stack: StackResources) -> Iterator[Charge]:
    """Charge the automated backups of an instance above the free part."""
    share = stack.usage("database_backup_share")
    if share and read_number(values, "backup_retention_period", 1) != 0:
        gib = multiply(read_number(values, "allocated_storage"), share)
        yield from charge_usage("rds/backup", gib, "GiB of automated backups above the free part")


def _charge_replication(source: str, region: str, stack: StackResources) -> Iterator[Charge]:
    """Charge the changes that a replica receives from another region. The region that sends them charges.

    Changes within a region are free:
    https://aws.amazon.com/blogs/architecture/exploring-data-transfer-costs-for-aws-managed-databases/
    """
    arn = _ARN.match(source)
    if arn and arn["region"] != region:
        gib = stack.usage("replicated_database_gib")
        yield from charge_usage(
            "transfer/inter-region", gib, "GiB of changes from another region", arn["region"]
        )


def charge_backup_copy(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the copies of automated backups in another region, and their transfer."""
    share = stack.usage("copied_backup_share")
    source = stack.find("aws_db_instance", resource.values.get("source_db_instance_arn"))
    if share:
        gib = multiply(read_number(source.values, "allocated_storage") if source else None, share)
        yield from charge_usage("rds/backup", gib, "GiB of copied backups")
    yield from charge_usage(
        "transfer/inter-region", stack.usage("copied_gib"), "GiB of backups to another region"
    )


def charge_proxy(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge a proxy by the vCPUs of its target instances."""
    instances = [
        stack.find("aws_db_instance", each.values.get("db_instance_identifier"))
        for each in stack.of_type("aws_db_proxy_target")
        if stack.find("aws_db_proxy", each.values.get("db_proxy_name")) is resource
    ]
    sizes = [vcpu_count(read_text(each.values, "instance_class")) if each else None for each in instances]
    known = [size for size in sizes if size is not None]
    vcpus = sum(known, Decimal(0)) if known and len(known) == len(sizes) else None
    yield Charge("rds/proxy", vcpus, "vCPU of a proxy's targets")


def vcpu_count(class_: str) -> Decimal | None:
    """Return the vCPUs of a class: two up to large, four per xlarge; None for an unknown size."""
    size = _INSTANCE_CLASS.match(class_)
    if not size:
        return None
    return Decimal(4 * int(size[1])) if size[1] else Decimal(4 if size[2] else 2)


DATABASE: Mapping[str, ChargeFunction] = {
    "aws_db_instance": charge_instance,
    "aws_db_instance_automated_backups_replication": charge_backup_copy,
    "aws_db_proxy": charge_proxy,
}

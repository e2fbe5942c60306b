"""RDS: instances with their standby and storage, and proxies."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging, times
from arqctl.cost.families.launch import beyond
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import Unknown, flag, number, text

_INHERITED = ("engine", "allocated_storage", "storage_type", "iops", "storage_throughput")
"""What a replica has from its source where it isn't given."""

_STRIPED_AT = 400
"""From this size in GiB, a gp3 volume includes four times as much."""

_SOLD = {
    "gp3": {"iops": (3000, 12000), "storage_throughput": (125, 500)},
    "io1": {"iops": (0, 0)},
    "io2": {"iops": (0, 0)},
}
"""What of storage is sold beside its size, by type, and how much comes with a small and a large volume."""

_FREE_DAYS = 7
_SIZE = re.compile(r"\Adb\.[a-z0-9]+\.(?:(\d+)xlarge|(xlarge)|large|medium|small|micro)\Z")


def instance(resource: Priced, others: Resources) -> Iterator[Charge]:
    """An instance and, with Multi-AZ, its standby: hours, storage, and what is switched on beside."""
    values = _with_source(resource.values, others)
    standby = flag(values, "multi_az")
    instances = None if isinstance(standby, Unknown) else Decimal(2 if standby else 1)
    engine, class_ = text(values, "engine"), text(values, "instance_class")
    known = instances if engine and class_ else None
    yield Charge(f"rds/{engine or '?'}/{class_ or '?'}", known, f"{class_ or 'unknown'} instance")
    yield from _storage(values, instances)
    yield from _insights(values, class_, instances)
    if (managed := flag(values, "manage_master_user_password")) is not False:
        yield Charge("secretsmanager/secret", ONE if managed is True else None, "secret of the master user")


def _with_source(values: Body, others: Resources) -> Body:
    named = values.get("replicate_source_db")
    source = others.find("aws_db_instance", named)
    given: Body = {key: value for key, value in values.items() if value is not None}
    if not named:
        return given
    had = source.values if source else {}
    inherited = {key: had[key] for key in _INHERITED if had.get(key) is not None}
    return {**inherited, **given}


def _storage(values: Body, instances: Decimal | None) -> Iterator[Charge]:
    kind = text(values, "storage_type", "io1" if values.get("iops") else "gp2")
    gib = number(values, "allocated_storage")
    kept = times(gib, instances) if kind else None
    yield Charge(f"rds/{kind or '?'}", kept, f"GiB of {kind or 'unknown'} storage")
    for name, (small, large) in _SOLD.get(kind, {}).items():
        included = large if gib is not None and gib >= _STRIPED_AT else small
        extra = beyond(values, name, Decimal(included))
        if extra != 0:
            yield Charge(f"rds/{kind}/{name}", times(extra, instances), f"{name} of {kind} storage")


def _insights(values: Body, class_: str, instances: Decimal | None) -> Iterator[Charge]:
    mode = text(values, "database_insights_mode", "standard")
    if mode != "standard":
        vcpus = times(vcpus_of(class_), instances) if mode else None
        yield Charge("rds/database-insights", vcpus, "vCPU under Database Insights")
        return
    if flag(values, "performance_insights_enabled") is False:
        return
    days = number(values, "performance_insights_retention_period", _FREE_DAYS)
    if days is None or days > _FREE_DAYS:
        yield Charge("rds/performance-insights", None, "Performance Insights kept for more than a week")


def proxy(resource: Priced, others: Resources) -> Iterator[Charge]:
    """A proxy, by the vCPUs of the instances behind it."""
    names = [
        others.find("aws_db_instance", each.values.get("db_instance_identifier"))
        for each in others.of_type("aws_db_proxy_target")
        if others.find("aws_db_proxy", each.values.get("db_proxy_name")) is resource
    ]
    sizes = [vcpus_of(text(each.values, "instance_class")) if each else None for each in names]
    known = [size for size in sizes if size is not None]
    vcpus = sum(known, Decimal(0)) if known and len(known) == len(sizes) else None
    yield Charge("rds/proxy", vcpus, "vCPU behind a proxy")


def vcpus_of(class_: str) -> Decimal | None:
    """How many vCPUs a class has: two up to large, and four an xlarge; None for a class that isn't so."""
    size = _SIZE.match(class_)
    if not size:
        return None
    return Decimal(4 * int(size[1])) if size[1] else Decimal(4 if size[2] else 2)


DATABASE: Mapping[str, Charging] = {
    "aws_db_instance": instance,
    "aws_db_proxy": proxy,
}

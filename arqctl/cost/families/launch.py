"""What comes with every instance: its hours, its disks and its detailed monitoring."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.core.assembly import Body, Json
from arqctl.cost.charge import Charge, times
from arqctl.cost.values import blocks, flag, number, text

_METRICS = 7
"""Of an instance with detailed monitoring, at the price of custom metrics."""

_SOLD = {"gp3": {"iops": 3000, "throughput": 125}, "io1": {"iops": 0}, "io2": {"iops": 0}}
"""What of a disk is sold beside its size, by type, and how much comes with it."""


def hours(type_: str, instances: Decimal | None, *, spot: bool = False) -> Charge:
    """Instances of a type, on demand or spot. A type of "" isn't known."""
    item, name = ("ec2/spot", "spot instance") if spot else ("ec2", "instance")
    return Charge(f"{item}/{type_ or '?'}", instances if type_ else None, f"{type_ or 'unknown'} {name}")


def from_template(template: Body, instances: Decimal | None) -> Iterator[Charge]:
    """The disks and the monitoring that a launch template gives to each of so many instances."""
    mappings = blocks(template, "block_device_mappings")
    if not isinstance(mappings, tuple) or not mappings:
        yield unknown_disk("that the machine image describes")
    else:
        for mapping in mappings:
            yield from _mapped(mapping, instances)
    monitoring = blocks(template, "monitoring")
    enabled: Json = monitoring[0].get("enabled") if isinstance(monitoring, tuple) and monitoring else None
    yield from detailed(enabled, instances)


def _mapped(mapping: Body, instances: Decimal | None) -> Iterator[Charge]:
    disks = blocks(mapping, "ebs")
    if isinstance(disks, tuple):
        for ebs in disks:
            yield from disk(ebs, text(ebs, "volume_type"), number(ebs, "volume_size"), instances)
    else:
        yield unknown_disk("that can't be known")


def disk(ebs: Body, kind: str, gib: Decimal | None, disks: Decimal | None) -> Iterator[Charge]:
    """So many disks of a type and size: what is kept, and what they do beyond what is included."""
    kept = times(gib, disks) if kind else None
    yield Charge(f"ebs/{kind or '?'}", kept, f"GiB of {kind or 'unknown'} disk")
    for name, included in _SOLD.get(kind, {}).items():
        extra = beyond(ebs, name, Decimal(included))
        if extra != 0:
            yield Charge(f"ebs/{kind}/{name}", times(extra, disks), f"{name} of {kind} disk")


def unknown_disk(why: str) -> Charge:
    """A disk whose type or size nobody can know by reading."""
    return Charge("ebs/?", None, f"disk {why}")


def beyond(values: Body, name: str, included: Decimal) -> Decimal | None:
    """How much of a thing is provisioned beyond what is included."""
    given = number(values, name, 0)
    return None if given is None else max(given - included, Decimal(0))


def detailed(enabled: Json, instances: Decimal | None) -> Iterator[Charge]:
    """Detailed monitoring of so many instances, where it is enabled or nobody can know."""
    known = flag({"enabled": enabled}, "enabled")
    if known is not False:
        metrics = times(Decimal(_METRICS), instances) if known is True else None
        yield Charge("cloudwatch/metric", metrics, "metric of detailed monitoring")

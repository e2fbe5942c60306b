"""Charges of every EC2 instance: hours, volumes and detailed monitoring."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.core.json_access import Body, Json
from arqctl.cost.arguments import read_blocks, read_flag, read_number, read_text
from arqctl.cost.charges.charge import Charge, multiply
from arqctl.cost.stack_resources import StackResources

_METRICS_PER_INSTANCE = 7
"""Metrics of detailed monitoring, at the price of custom metrics."""

_INCLUDED_PERFORMANCE = {"gp3": {"iops": 3000, "throughput": 125}, "io1": {"iops": 0}, "io2": {"iops": 0}}
"""Performance that a volume includes, by volume type; more is charged."""


def charge_instance_hours(type_: str, instances: Decimal | None) -> Charge:
    """Charge the hours of on-demand instances. A type of "" is unknown."""
    return Charge(f"ec2/{type_ or '?'}", instances if type_ else None, f"{type_ or 'unknown'} instance")


def charge_spot_hours(type_: str, instances: Decimal | None, stack: StackResources) -> Charge:
    """Charge the hours of spot instances at the assumed share of the on-demand price; unpriced without it."""
    share = stack.usage("spot_price_share")
    if not share:
        quantity = instances if type_ else None
        return Charge(f"ec2/spot/{type_ or '?'}", quantity, f"{type_ or 'unknown'} spot instance")
    description = f"{type_ or 'unknown'} instance, spot at an assumed {share:.0%} of the price"
    return Charge(f"ec2/{type_ or '?'}", multiply(instances, share) if type_ else None, description)


def charge_launch_template(template: Body, instances: Decimal | None) -> Iterator[Charge]:
    """Charge the volumes and the monitoring that a launch template gives to each instance."""
    mappings = read_blocks(template, "block_device_mappings")
    if not isinstance(mappings, tuple) or not mappings:
        yield charge_unknown_volume("defined by the machine image")
    else:
        for mapping in mappings:
            yield from _charge_block_device(mapping, instances)
    monitoring = read_blocks(template, "monitoring")
    enabled: Json = monitoring[0].get("enabled") if isinstance(monitoring, tuple) and monitoring else None
    yield from charge_detailed_monitoring(enabled, instances)


def _charge_block_device(mapping: Body, instances: Decimal | None) -> Iterator[Charge]:
    volumes = read_blocks(mapping, "ebs")
    if isinstance(volumes, tuple):
        for ebs in volumes:
            yield from charge_ebs_volumes(
                ebs, read_text(ebs, "volume_type"), read_number(ebs, "volume_size"), instances
            )
    else:
        yield charge_unknown_volume("that Terraform generates")


def charge_ebs_volumes(
    ebs: Body, kind: str, gib: Decimal | None, volumes: Decimal | None
) -> Iterator[Charge]:
    """Charge volumes of a type and size, and their performance over the included one."""
    quantity = multiply(gib, volumes) if kind else None
    yield Charge(f"ebs/{kind or '?'}", quantity, f"GiB of {kind or 'unknown'} volume")
    for name, included in _INCLUDED_PERFORMANCE.get(kind, {}).items():
        extra = excess_over_included(ebs, name, Decimal(included))
        if extra != 0:
            yield Charge(f"ebs/{kind}/{name}", multiply(extra, volumes), f"{name} of {kind} volume")


def charge_unknown_volume(reason: str) -> Charge:
    """Charge a volume whose type or size isn't in the configuration."""
    return Charge("ebs/?", None, f"volume {reason}")


def excess_over_included(values: Body, name: str, included: Decimal) -> Decimal | None:
    """Return how much an argument exceeds the included quantity; None if it is unknown."""
    given = read_number(values, name, 0)
    return None if given is None else max(given - included, Decimal(0))


def charge_detailed_monitoring(enabled: Json, instances: Decimal | None) -> Iterator[Charge]:
    """Charge detailed monitoring of instances if it is enabled or unknown."""
    known = read_flag({"enabled": enabled}, "enabled")
    if known is not False:
        metrics = multiply(Decimal(_METRICS_PER_INSTANCE), instances) if known is True else None
        yield Charge("cloudwatch/metric", metrics, "metric of detailed monitoring")

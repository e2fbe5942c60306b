"""Rightsizing of databases and caches: the next smaller class, if the measured load fits into it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, price_of
from arqctl.cost.arguments import read_text
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.rightsizing.class_sizes import memory_gib, smaller_class
from arqctl.cost.rightsizing.measured_series import MeasuredSeries

_BUSY_PERCENT = 70
"""Use of the smaller class up to which it has reserves for a failover or a busy day."""
_HALF = 2
_BYTES_A_GIB = 1024**3


def rightsize_databases(stack: StackCosts, series: Sequence[MeasuredSeries]) -> Iterator[Saving]:
    """Use the next smaller class where CPU at p99 and memory at its least free value fit.

    A database without `CPUUtilization` and `FreeableMemory` has no advice.
    """
    for database in stack.of_type("aws_db_instance"):
        name = read_text(database.values, "identifier")
        cpu, free = (_find(series, "rds", name, each) for each in ("CPUUtilization", "FreeableMemory"))
        class_ = read_text(database.values, "instance_class")
        smaller, memory = smaller_class(class_), memory_gib(class_)
        least = memory_gib(smaller) if smaller else None
        if not cpu or not free or smaller is None or memory is None or least is None:
            continue
        used_gib = memory - Decimal(min(free[0].values)) / _BYTES_A_GIB
        load = cpu[0].percentile(99) * _HALF
        if load > _BUSY_PERCENT or used_gib > least * _BUSY_PERCENT / 100:
            continue
        calculation = (
            f"CPU p95 {cpu[0].percentile(95):.0f} %, p99 {cpu[0].percentile(99):.0f} %; "
            f"at most {used_gib:.1f} of {memory:.0f} GiB used"
        )
        yield from _replacement(stack, database, "rds/", smaller, calculation)


def rightsize_caches(stack: StackCosts, series: Sequence[MeasuredSeries]) -> Iterator[Saving]:
    """Use the next smaller node where CPU at p99 and the used memory at its largest value fit.

    The node with the largest load decides. Its name begins with that of the group.
    """
    for cache in stack.of_type("aws_elasticache_replication_group"):
        name = read_text(cache.values, "replication_group_id")
        cpu, memory = (
            _find(series, "elasticache", name, each)
            for each in ("EngineCPUUtilization", "DatabaseMemoryUsagePercentage")
        )
        smaller = smaller_class(read_text(cache.values, "node_type"))
        if not cpu or not memory or smaller is None:
            continue
        load = max(each.percentile(99) for each in cpu)
        used = max(max(each.values) for each in memory)
        # The engine has one thread in each size, so only memory is halved.
        if load > _BUSY_PERCENT or used * _HALF > _BUSY_PERCENT:
            continue
        calculation = f"engine CPU p99 {load:.0f} %; at most {used:.0f} % of the memory used"
        yield from _replacement(stack, cache, "elasticache/", smaller, calculation)


def _find(series: Sequence[MeasuredSeries], kind: str, name: str, measure: str) -> list[MeasuredSeries]:
    return [
        each
        for each in series
        if each.kind == kind
        and each.measure == measure
        and name
        and (each.name == name or (kind == "elasticache" and each.name.startswith(f"{name}-")))
    ]


def _replacement(
    stack: StackCosts, resource: PriceableResource, prefix: str, smaller: str, calculation: str
) -> Iterator[Saving]:
    for part in stack.components(resource, prefix):
        before, _, current = part.item.rpartition("/")
        if current.rpartition(".")[0] != smaller.rpartition(".")[0] or part.quantity is None:
            continue
        price = price_of(part.region, f"{before}/{smaller}", part.quantity)
        if price is not None and part.monthly is not None and price < part.monthly:
            yield Saving(
                kind="rightsizing",
                change=f"Use {smaller} for {resource.path}",
                monthly=part.monthly - price,
                calculation=calculation,
                trade_off="It has half of the connections, network and cache, and restarts once.",
                addresses=(resource.address,),
            )

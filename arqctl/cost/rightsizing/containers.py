"""Rightsizing of containers: requests near the measured use."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.cost.advice.saving import Saving, StackCosts, price_of
from arqctl.cost.arguments import read_block, read_number
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.rightsizing.autoscalers import utilization_target
from arqctl.cost.rightsizing.measured_series import MeasuredSeries

_TYPES = ("kubernetes_deployment_v1", "kubernetes_stateful_set_v1")
_NODE, _NODE_VCPUS, _NODE_GIB = "ec2/m7g.xlarge", Decimal(4), Decimal(16)
_RESERVE = Decimal("1.2")
"""Requests over the measured use: 20 %."""
_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>m|Mi|Gi|)")
_UNITS = {"m": Decimal("0.001"), "": Decimal(1), "Mi": Decimal(1024**2), "Gi": Decimal(1024**3)}
_MINIMUM = Decimal("0.50")


def rightsize_containers(stack: StackCosts, series: Sequence[MeasuredSeries]) -> Iterator[Saving]:
    """Request CPU at p95 and memory at p99, both with a reserve, where that is less.

    An autoscaler with a target in percent of a request adds pods when the use is above it. So the use is
    divided by the target, and a request stays if the target is unknown. A pod costs the larger of its shares
    of a node's CPU and memory.
    """
    for workload in stack.of_type(*_TYPES):
        spec = read_block(workload.values, "spec")
        replicas = read_number(spec, "replicas", 1)
        template = read_block(read_block(spec, "template"), "spec")
        targets = {name: utilization_target(stack, workload, name) for name in ("cpu", "memory")}
        for container in map(as_object, as_list(template.get("container"))):
            if replicas is not None:
                yield from _saving(workload, container, replicas, targets, series)


def _saving(
    workload: PriceableResource,
    container: Body,
    replicas: Decimal,
    targets: Mapping[str, Decimal | None],
    series: Sequence[MeasuredSeries],
) -> Iterator[Saving]:
    name = as_text(container.get("name"))
    cpu, memory = (_find(series, name, measure) for measure in ("cpu_cores", "memory_bytes"))
    requests = as_object(read_block(container, "resources").get("requests"))
    now = tuple(map(_quantity, (as_text(requests.get("cpu")), as_text(requests.get("memory")))))
    if cpu is None or memory is None or now[0] is None or now[1] is None:
        return
    cores = _request(now[0], cpu.percentile(95), targets["cpu"])
    size = _request(now[1], memory.percentile(99), targets["memory"])
    share = _share(now[0], now[1]) - _share(cores, size)
    monthly = price_of(workload.region, _NODE, replicas * share)
    if monthly is not None and monthly >= _MINIMUM:
        mib = size / 1024**2
        scaled = ", over the target of the autoscaler" if set(targets.values()) != {Decimal(1)} else ""
        yield Saving(
            kind="rightsizing",
            change=f"Request {cores * 1000:.0f}m CPU and {mib:.0f}Mi memory for {workload.path}/{name}",
            monthly=monthly,
            calculation=f"CPU p95 {cpu.percentile(95) * 1000:.0f}m, memory p99 "
            f"{memory.percentile(99) / 1024**2:.0f}Mi, each with 20 %{scaled}, in {replicas:f} pods",
            trade_off="A peak above the limit of memory restarts the pod. The saving needs fewer nodes.",
            addresses=(workload.address,),
        )


def _request(now: Decimal, used: float, target: Decimal | None) -> Decimal:
    return now if target is None else min(now, Decimal(used) * _RESERVE / target)


def _share(cores: Decimal, size: Decimal) -> Decimal:
    """Return the share of a node that a pod occupies."""
    return max(cores / _NODE_VCPUS, size / 1024**3 / _NODE_GIB)


def _find(series: Sequence[MeasuredSeries], name: str, measure: str) -> MeasuredSeries | None:
    found = (each for each in series if (each.kind, each.name, each.measure) == ("container", name, measure))
    return next(found, None)


def _quantity(text: str) -> Decimal | None:
    match = _QUANTITY.fullmatch(text)
    return Decimal(match["number"]) * _UNITS[match["unit"]] if match else None

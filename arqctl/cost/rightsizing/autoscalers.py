"""Targets of autoscalers, which depend on the requests of containers."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.advice.saving import StackCosts
from arqctl.cost.arguments import read_block, read_blocks, read_number, read_text
from arqctl.cost.priceable import PriceableResource

_TYPE = "kubernetes_horizontal_pod_autoscaler_v2"
_ALL = Decimal(1)


def utilization_target(stack: StackCosts, workload: PriceableResource, resource: str) -> Decimal | None:
    """Return the share of the requested `cpu` or `memory` above which an autoscaler adds pods.

    It is 1 without an autoscaler, and for targets that no request changes; None if it is unknown.
    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
    """
    for spec in _autoscalers(stack, workload):
        metrics = read_blocks(spec, "metric")
        if not isinstance(metrics, tuple) or not metrics:
            return None
        for metric in metrics:
            measured = read_block(metric, "resource")
            target = read_block(measured, "target")
            if read_text(measured, "name") == resource and read_text(target, "type") == "Utilization":
                percent = read_number(target, "average_utilization")
                return percent / 100 if percent else None
    return _ALL


def _autoscalers(stack: StackCosts, workload: PriceableResource) -> Iterator[Body]:
    """Yield the specifications of autoscalers that refer to a workload, or name it."""
    name = read_text(read_block(workload.values, "metadata"), "name")
    referrers = stack.referrers(workload, _TYPE)
    for each in stack.of_type(_TYPE):
        spec = read_block(each.values, "spec")
        if each in referrers or (name and read_text(read_block(spec, "scale_target_ref"), "name") == name):
            yield spec

"""Charges of the nodes that Karpenter adds for the pods of a cluster."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.core.json_access import Body, Json, as_list, as_object
from arqctl.cost.arguments import read_text
from arqctl.cost.charges.charge import Charge, multiply
from arqctl.cost.charges.instances import charge_instance_hours, charge_spot_hours
from arqctl.cost.stack_resources import StackResources

_TYPE, _VCPUS = "m7g.xlarge", Decimal(4)
"""The type that all nodes count as, and its vCPUs. Types of a generation cost nearly the same for a vCPU."""
_CAPACITY = "karpenter.sh/capacity-type"
_VOLUME_GIB = Decimal(50)


def charge_node_pools(values: Json, stack: StackResources) -> Iterator[Charge]:
    """Charge the assumed vCPUs of each node pool in the values of a release, with their volumes.

    A pool that may use spot instances counts as spot only, as Karpenter prefers it.
    https://karpenter.sh/docs/concepts/nodepools/
    """
    vcpus = stack.usage("karpenter_vcpus")
    for pool in _pools(values) if vcpus else ():
        nodes = vcpus / _VCPUS
        if "spot" in _capacity_types(pool):
            yield charge_spot_hours(_TYPE, nodes, stack)
        else:
            yield charge_instance_hours(_TYPE, nodes)
        yield Charge("ebs/gp3", multiply(nodes, _VOLUME_GIB), "GiB of gp3 volume")


def _pools(values: Json) -> Iterator[Body]:
    for each in as_list(as_object(values).get("objects")):
        found = as_object(each)
        if read_text(found, "kind") == "NodePool":
            yield found


def _capacity_types(pool: Body) -> list[Json]:
    template = as_object(as_object(pool.get("spec")).get("template"))
    for each in as_list(as_object(template.get("spec")).get("requirements")):
        requirement = as_object(each)
        if requirement.get("key") == _CAPACITY:
            return as_list(requirement.get("values"))
    return []

"""The node pools of Karpenter, which are custom resources in releases of the cluster stack."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsContext, IncompleteStackError
from arqctl.doctor.aws.custom_objects import custom_objects

_CPU = re.compile(r"(?P<cores>\d+)|(?P<millicores>\d+)m")
_GROUP = "karpenter.sh"
_CAPACITY = "karpenter.sh/capacity-type"
_CATEGORY = "karpenter.k8s.aws/instance-category"


@dataclass(frozen=True)
class KarpenterPool:
    """The nodes that Karpenter may launch for one pool. `vcpus` is its limit for all of them together.

    `categories` are the instance categories that it may choose from; none if it may choose from all.
    """

    name: str
    region: str
    vcpus: int
    has_on_demand: bool
    has_spot: bool
    categories: tuple[str, ...]


def karpenter_pools(context: AwsContext) -> Iterator[KarpenterPool]:
    """Yield the node pools in all releases.

    Raises:
        IncompleteStackError: when a pool has no limit of its vCPUs.
    """
    for release, each in custom_objects(context, "NodePool", _GROUP):
        yield _pool(each, release.region or context.configuration.region)


def _pool(node_pool: Body, region: str) -> KarpenterPool:
    name = as_text(as_object(node_pool.get("metadata")).get("name"))
    spec = as_object(node_pool.get("spec"))
    template = as_object(as_object(spec.get("template")).get("spec"))
    requirements = [as_object(each) for each in as_list(template.get("requirements"))]
    # Karpenter launches on-demand nodes if a pool doesn't name its capacity.
    capacity = _values(requirements, _CAPACITY) or ("on-demand",)
    return KarpenterPool(
        name=name,
        region=region,
        vcpus=_vcpus(name, as_object(spec.get("limits")).get("cpu")),
        has_on_demand="on-demand" in capacity,
        has_spot="spot" in capacity,
        categories=_values(requirements, _CATEGORY),
    )


def _values(requirements: list[Body], key: str) -> tuple[str, ...]:
    return tuple(
        as_text(value)
        for each in requirements
        if as_text(each.get("key")) == key and as_text(each.get("operator")) == "In"
        for value in as_list(each.get("values"))
    )


def _vcpus(name: str, limit: Json) -> int:
    match = _CPU.fullmatch(str(limit))
    if match is None:
        raise IncompleteStackError(
            f"node pool {name}: the limit of its vCPUs is not in the stack", "Set vcpus of the pool"
        )
    return int(match["cores"]) if match["cores"] else -(-int(match["millicores"]) // 1000)

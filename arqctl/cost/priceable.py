"""Resources in the form that pricing needs, from a synthesized stack or from either side of a plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arqctl.core.assembly import Block, Stack
from arqctl.core.json_access import Body, Json
from arqctl.cost.arguments import read_text

_AWS = "aws"
# Volumes of a cluster are in the region of the stack.
_CLUSTER_PROVIDERS = frozenset({"helm", "kubernetes"})


@dataclass(frozen=True, slots=True)
class PriceableResource:
    """A managed resource. `path` is its construct path; `region` is "" if unknown.

    An absent or null argument has its default. An unknown argument is an expression such as `${var.x}`.
    """

    address: str
    type: str
    path: str
    region: str
    values: Body


def priceable_resources(stack: Stack) -> tuple[PriceableResource, ...]:
    """Return a stack's managed resources. The region is "" if the provider's region isn't literal."""
    regions = dict(_provider_regions(stack.document))
    return tuple(_priceable(block, regions) for block in stack.resources)


def _priceable(block: Block, regions: Mapping[str, str]) -> PriceableResource:
    provider = read_text(block.body, "provider", block.type.split("_", 1)[0])
    region_of = _AWS if provider in _CLUSTER_PROVIDERS else provider
    return PriceableResource(block.address, block.type, block.path, regions.get(region_of, ""), block.body)


def _provider_regions(document: Body) -> Iterator[tuple[str, str]]:
    """Yield each provider's region by the name in resources' `provider` argument: `aws` or `aws.alias`."""
    providers = document.get("provider")
    for name, configurations in providers.items() if isinstance(providers, dict) else ():
        for each in _objects(configurations):
            alias = read_text(each, "alias")
            yield f"{name}.{alias}" if alias else name, read_text(each, "region")


def _objects(configurations: Json) -> Iterator[Body]:
    for each in configurations if isinstance(configurations, list) else [configurations]:
        if isinstance(each, dict):
            yield each

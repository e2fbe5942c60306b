"""The resources of a synthesized stack, each with the region that its provider has."""

from collections.abc import Iterator, Mapping

from arqctl.core.assembly import Block, Body, Json, Stack
from arqctl.cost.priceable import Priced
from arqctl.cost.values import text


def resources_of(stack: Stack) -> tuple[Priced, ...]:
    """A stack's managed resources. The region is "" where the provider's isn't literal."""
    regions = dict(_regions(stack.document))
    return tuple(_priced(block, regions) for block in stack.resources)


def _priced(block: Block, regions: Mapping[str, str]) -> Priced:
    provider = text(block.body, "provider", block.type.split("_", 1)[0])
    return Priced(block.address, block.type, block.path, regions.get(provider, ""), block.body)


def _regions(document: Body) -> Iterator[tuple[str, str]]:
    """Each provider's region by the name that resources refer to it with: `aws`, or `aws.alias`."""
    providers = document.get("provider")
    for name, configured in providers.items() if isinstance(providers, dict) else ():
        for each in _bodies(configured):
            alias = text(each, "alias")
            yield f"{name}.{alias}" if alias else name, text(each, "region")


def _bodies(configured: Json) -> Iterator[Body]:
    for each in configured if isinstance(configured, list) else [configured]:
        if isinstance(each, dict):
            yield each

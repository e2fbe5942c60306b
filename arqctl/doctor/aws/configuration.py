"""The synthesized stacks of one environment, as the checks read them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from arqctl.core.assembly import Block, Stack
from arqctl.core.default_provider import aws_providers, block_region
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

_EXPRESSION = re.compile(r"\A\$\{((?:data\.)?[A-Za-z0-9_]+\.[A-Za-z0-9_-]+)[.\[]")


@dataclass(frozen=True)
class Resource:
    """A resource or data source of a stack, and the region that it is in."""

    stack: Stack
    block: Block
    region: str

    @property
    def arguments(self) -> Body:
        """The arguments in the stack's Terraform JSON."""
        return self.block.body

    def text(self, name: str) -> str:
        """Return a literal argument; "" for an expression, or if there is none."""
        value = as_text(self.arguments.get(name))
        return "" if "${" in value else value


class Configuration:
    """All stacks of one environment."""

    def __init__(self, environment: str, stacks: Iterable[Stack]) -> None:
        self.environment = environment
        self.stacks = tuple(stacks)

    def deploy(self, stacks: Iterable[str]) -> str:
        """Return the command that deploys these stacks, the administrator's first."""
        first = [f"{self.environment}-bootstrap", f"{self.environment}-account"]
        named = set(stacks)
        ordered = [name for name in first if name in named] + sorted(named.difference(first))
        return " && ".join(f"cdktf deploy {name}" for name in ordered)

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts in which the providers may work."""
        return frozenset(
            as_text(each)
            for provider in self._providers
            for each in as_list(provider.get("allowed_account_ids"))
        )

    @property
    def region(self) -> str:
        """The region of the environment: that of the providers without an alias."""
        default = (provider for provider in self._providers if not provider.get("alias"))
        return next((as_text(provider.get("region")) for provider in default), "")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of all providers."""
        return tuple(sorted({as_text(each.get("region")) for each in self._providers} - {""}))

    @property
    def backends(self) -> tuple[Body, ...]:
        """The S3 backends of the stacks, without duplicates."""
        terraform = (as_object(stack.document.get("terraform")) for stack in self.stacks)
        found = [as_object(as_object(each.get("backend")).get("s3")) for each in terraform]
        unique = {(as_text(each.get("bucket")), as_text(each.get("region"))): each for each in found if each}
        return tuple(unique.values())

    @cached_property
    def default_tags(self) -> Mapping[str, str]:
        """The tags of all resources of the environment; empty if a provider sets none."""
        common = [
            {key: as_text(value) for key, value in _tags(provider).items()} for provider in self._providers
        ]
        shared = set(common[0].items()) if common else set()
        for each in common:
            shared &= set(each.items())
        return dict(shared)

    def resources(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of these types in all stacks."""
        return tuple(
            each for each in self._by_address.values() if each.block.type in types and _managed(each)
        )

    def data_sources(self, type_: str) -> tuple[Resource, ...]:
        """Return the data sources of a type in all stacks."""
        return tuple(
            each for each in self._by_address.values() if each.block.type == type_ and not _managed(each)
        )

    def find(self, origin: Resource, reference: Json) -> Resource | None:
        """Return the resource of the same stack that an argument refers to, or None."""
        match = _EXPRESSION.match(as_text(reference))
        return self._by_address.get((origin.stack.name, match[1])) if match else None

    @cached_property
    def _by_address(self) -> Mapping[tuple[str, str], Resource]:
        return {
            (stack.name, address): Resource(stack, block, block_region(stack, block))
            for stack in self.stacks
            for address, block in stack.blocks.items()
        }

    @cached_property
    def _providers(self) -> tuple[Body, ...]:
        return tuple(provider for stack in self.stacks for provider in aws_providers(stack))


def _managed(resource: Resource) -> bool:
    return resource.block.kind == "resource"


def _tags(provider: Body) -> Body:
    blocks = provider.get("default_tags")
    return as_object(as_object(as_list(blocks)[0] if as_list(blocks) else blocks).get("tags"))

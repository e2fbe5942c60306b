"""The names that the synthesized stacks of an environment define."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from arqctl.core.assembly import Stack, belongs_to, find_standbys, select_stacks
from arqctl.core.default_provider import aws_providers, block_region, default_region, only_account
from arqctl.core.json_access import Json, as_list, as_object, as_text
from arqctl.core.literals import resolve, texts_at

_HASH = re.compile(r"_[0-9A-F]{8}$")
# These types are in no region, although their provider has one.
_GLOBAL_TYPES = ("aws_cloudfront_", "aws_iam_", "aws_route53_")


@dataclass(frozen=True)
class Name:
    """A name, the region of its resource, and the place that defines it in each environment."""

    value: str
    region: str
    place: tuple[str, str]


@dataclass(frozen=True)
class Inventory:
    """The names of an environment or of a standby. Its own stack has the AWS provider of account and region.

    A standby shares the stacks in `shared` with the environment that it stands by for.
    """

    environment: str
    stacks: Sequence[Stack]
    shared: Sequence[Stack] = ()

    @classmethod
    def of(cls, name: str, stacks: Sequence[Stack]) -> Self:
        """Return the names of an environment, or of a standby, from all stacks.

        Raises:
            InputError: for each stack with a fault.
        """
        if name in {stack.environment for stack in stacks}:
            return cls(name, select_stacks(stacks, name))
        own = [stack.name for stack in stacks if belongs_to(stack.name, name)]
        home = next(stack.environment for stack in stacks if stack.name == name)
        shared = [stack for stack in select_stacks(stacks, home) if stack.name not in own]
        return cls(name, select_stacks(stacks, *own), shared)

    @cached_property
    def home(self) -> str:
        """The name of the environment: its own, or that of the one that a standby stands by for."""
        return self.shared[0].environment if self.shared else self.environment

    @cached_property
    def region(self) -> str:
        """The environment's own region."""
        return default_region(self._own)

    @cached_property
    def account(self) -> str:
        """The environment's account."""
        return only_account(self._own)

    @cached_property
    def cluster(self) -> str:
        """The name of the only cluster in the environment's own stack, or ""."""
        clusters = {name.value for name in self.names("aws_eks_cluster.name") if not name.place[0]}
        return clusters.pop() if len(clusters) == 1 else ""

    @cached_property
    def regions(self) -> frozenset[str]:
        """The regions of all AWS providers. A standby has no commands for the region that can be lost."""
        lost = {Inventory(self.home, self.shared).region} if self.shared else set()
        return frozenset(
            as_text(provider.get("region"))
            for stack in (*self.stacks, *self.shared)
            for provider in aws_providers(stack)
        ) - (lost - {self.region})

    def names(self, source: str) -> Iterator[Name]:
        """Yield the names that an argument of a resource type defines, such as `aws_db_instance.identifier`.

        More parts lead into objects, lists and JSON in a text.
        """
        type_, _, path = source.partition(".")
        for stack in self.stacks:
            suffix = stack.name.removeprefix(self.environment)
            for block in stack.resources:
                if block.type == type_:
                    for value in texts_at(block.body, path.split(".")):
                        region = block_region(stack, block)
                        yield Name(resolve(stack, value), region, (suffix, self._place(block.address)))

    def shared_names(self, source: str) -> Iterator[Name]:
        """Yield the names in the shared stacks that are not in the region which can be lost."""
        if self.shared:
            home = Inventory(self.home, self.shared)
            is_global = source.startswith(_GLOBAL_TYPES)
            yield from (name for name in home.names(source) if is_global or name.region != home.region)

    @cached_property
    def objects(self) -> frozenset[tuple[str, str]]:
        """Namespace and name of each Kubernetes object of the stacks, without the workloads of charts."""
        return frozenset(
            (resolve(stack, as_text(metadata.get("namespace"))), as_text(metadata.get("name")))
            for stack in self.stacks
            for metadata in _metadata(stack)
        )

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that the stacks define, and those that EKS and its add-ons make."""
        defined = {name.value for name in self.names("kubernetes_namespace_v1.metadata.name")}
        addons = {name.value for name in self.names("aws_eks_addon.addon_name")}
        made = {"kube-system", "default"} if any(True for _ in self.names("aws_eks_cluster.name")) else set()
        if "amazon-cloudwatch-observability" in addons:
            made.add("amazon-cloudwatch")
        return frozenset(defined | made)

    @cached_property
    def words(self) -> frozenset[str]:
        """All names and paths in the stacks, also in embedded JSON."""
        return frozenset(word for stack in self.stacks for word in re.findall(r"[\w./:-]+", stack.text))

    def _place(self, address: str) -> str:
        """Return the address, without the own region in it and the hash that CDKTF derives from it."""
        if self.region not in address:
            return address
        return _HASH.sub("", address).replace(self.region, "REGION")

    @cached_property
    def _own(self) -> Stack:
        return next((stack for stack in self.stacks if stack.name == self.environment), self.stacks[0])


def known_names(stacks: Sequence[Stack]) -> frozenset[str]:
    """Return the names of environments and standbys."""
    return find_standbys(stacks) | {stack.environment for stack in stacks}


def _metadata(stack: Stack) -> Iterator[dict[str, Json]]:
    """Yield the metadata of Kubernetes resources, and of the objects in the values of charts."""
    for block in stack.resources:
        if block.type.startswith("kubernetes_"):
            metadata = block.body.get("metadata")
            yield as_object(metadata[0] if isinstance(metadata, list) and metadata else metadata)
        elif block.type == "helm_release":
            for text in as_list(block.body.get("values")):
                yield from _chart_objects(as_text(text))


def _chart_objects(text: str) -> Iterator[dict[str, Json]]:
    try:
        objects = as_object(json.loads(text)).get("objects")
    except ValueError:
        return
    for each in as_object(objects).values() if isinstance(objects, dict) else as_list(objects):
        yield as_object(as_object(each).get("metadata"))

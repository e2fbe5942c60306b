"""The schema of one provider, ready to be handed to Terraform whole, and read type by type."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property, partial
from typing import Self

from arqctl.errors import InputError, Problem
from arqctl.offline.bindings import Binding, installed
from arqctl.offline.protocol.tfplugin6_pb2 import GetProviderSchema, Schema
from arqctl.offline.schema.cache import Kept, keep, load
from arqctl.offline.schema.messages import block_of, response_bytes
from arqctl.offline.schema.model import Block

Watch = Callable[[Binding, float], None]
"""Told how far the extraction from a package of bindings is: from 0 to 1."""


def nobody_watches(_binding: Binding, _done: float) -> None:
    """For whoever doesn't show how far it is."""


class Schemas:
    """What one provider offers: `source` is `HOST/NAMESPACE/NAME`, `version` the provider's.

    `response` is the encoded answer to GetProviderSchema. A type is decoded when it is asked for, and once.
    """

    def __init__(self, kept: Kept) -> None:
        """Take what the cache holds."""
        self.source = kept.source
        self.version = kept.version
        self.response = kept.response
        self.resource = cache(self._resource)
        self.data_source = cache(self._data_source)

    @classmethod
    def of(cls, source: str) -> Self:
        """The schema of the provider with that source; built first if it isn't in the cache.

        Raises:
            InputError: when no bindings of the provider are installed, they can't be read, or the cache can't
                be written.
        """
        bindings = installed()
        for schemas in cls._each(bindings):
            if schemas.source == source:
                return schemas
        names = ", ".join(binding.package for binding in bindings) or "none"
        what = f"no bindings of it are installed; installed are {names}"
        mend = f"pip install cdktf-cdktf-provider-{source.rpartition('/')[2]}"
        raise InputError([Problem(source, what, mend)])

    @classmethod
    def all(cls, watch: Watch = nobody_watches) -> tuple[Self, ...]:
        """The schemas of all installed bindings; what isn't in the cache is built.

        Raises:
            InputError: when bindings can't be read, or the cache can't be written.
        """
        return tuple(cls._each(installed(), watch))

    @classmethod
    def _each(cls, bindings: Iterable[Binding], watch: Watch = nobody_watches) -> Iterable[Self]:
        """Those in the cache come first: what is asked for is then found without building another."""
        missing = []
        for binding in bindings:
            if kept := load(binding):
                yield cls(kept)
            else:
                missing.append(binding)
        for binding in missing:
            yield cls(_build(binding, watch))

    @cached_property
    def configuration(self) -> Block:
        """The provider's own block."""
        return block_of(self._message.provider)

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The names of all resource types, sorted."""
        return tuple(sorted(self._resources))

    @property
    def data_source_types(self) -> tuple[str, ...]:
        """The names of all data sources, sorted."""
        return tuple(sorted(self._data_sources))

    def _resource(self, name: str) -> Block:
        """The schema of a resource type; raises KeyError if there is none of that name."""
        return block_of(_found(self._resources, name))

    def _data_source(self, name: str) -> Block:
        """The schema of a data source; raises KeyError if there is none of that name."""
        return block_of(_found(self._data_sources, name))

    @cached_property
    def _message(self) -> GetProviderSchema.Response:
        return GetProviderSchema.Response.FromString(self.response)

    @cached_property
    def _resources(self) -> Mapping[str, Schema]:
        return self._message.resource_schemas

    @cached_property
    def _data_sources(self) -> Mapping[str, Schema]:
        return self._message.data_source_schemas


def _found(schemas: Mapping[str, Schema], name: str) -> Schema:
    """A map of messages makes what it is asked for and lacks."""
    if name not in schemas:
        raise KeyError(name)
    return schemas[name]


def _build(binding: Binding, watch: Watch) -> Kept:
    # Whoever finds all in the cache, as the provider does, shall not load what extracts.
    from arqctl.offline.schema.extract import extract  # noqa: PLC0415

    schema = extract(binding, watch=partial(watch, binding))
    return keep(binding, schema.source, schema.version, response_bytes(schema))

"""The schema of one provider, ready to be handed to Terraform whole, and read type by type."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Literal, Self

from arqctl.core.errors import InputError, Problem
from arqctl.offline.bindings import Binding, installed_bindings, provider_source
from arqctl.offline.facts import Names
from arqctl.offline.schema.cache import CachedSchema, load_schema, store_schema
from arqctl.offline.schema.messages import block_of, mark_sensitive, response_bytes
from arqctl.offline.schema.model import Block
from arqctl.offline.wire.tfplugin6_pb2 import GetProviderSchema, Schema

Kind = Literal["resource", "data"]
Secrets = Mapping[str, frozenset[Names]]
"""The attributes that hold secrets, by resource type: `{"aws_db_instance": {("password",)}}`."""

Watch = Callable[[Binding, float], None]
"""Told how far the extraction from a package of bindings is: from 0 to 1."""


def no_progress(_binding: Binding, _done: float) -> None:
    """For whoever doesn't show how far it is."""


class Schemas:
    """What one provider offers: `source` is `HOST/NAMESPACE/NAME`, `version` the provider's.

    A type is decoded when it is asked for, and once.
    """

    def __init__(self, cached: CachedSchema, secrets: Secrets | None = None) -> None:
        """Take what the cache holds, and which attributes of resources are to be sensitive."""
        self.source = cached.source
        self.version = cached.version
        self._cached = cached
        self._secrets = secrets or {}
        self._blocks: dict[tuple[Kind, str], Block] = {}

    def with_secrets(self, secrets: Secrets) -> "Schemas":
        """The same, with these attributes of resources sensitive."""
        return Schemas(self._cached, secrets)

    @classmethod
    def of(cls, source: str) -> Self:
        """The schema of the provider with that source; built first if it isn't in the cache.

        Raises:
            InputError: when no bindings of the provider are installed, they can't be read, or the cache can't
                be written.
        """
        name = source.rpartition("/")[2]
        # Bindings are named after their provider: the others needn't even be read.
        bindings = sorted(installed_bindings(), key=lambda binding: not binding.package.endswith(f"_{name}"))
        for binding in bindings:
            cached = load_schema(binding)
            if cached is None and provider_source(binding).source == source:
                cached = _build(binding, no_progress)
            if cached and cached.source == source:
                return cls(cached)
        names = ", ".join(binding.package for binding in bindings) or "none"
        what = f"no bindings of it are installed; installed are {names}"
        fix = f"pip install cdktf-cdktf-provider-{name}"
        raise InputError([Problem(source, what, fix)])

    @classmethod
    def all(cls, watch: Watch = no_progress) -> tuple[Self, ...]:
        """The schemas of all installed bindings; what isn't in the cache is built.

        Raises:
            InputError: when bindings can't be read, or the cache can't be written.
        """
        return tuple(cls(load_schema(binding) or _build(binding, watch)) for binding in installed_bindings())

    @cached_property
    def response(self) -> bytes:
        """The encoded answer to GetProviderSchema."""
        return self._message.SerializeToString() if self._secrets else self._cached.response

    @property
    def name(self) -> str:
        """What the provider is called in a configuration: `aws`."""
        return self.source.rpartition("/")[2]

    @cached_property
    def configuration(self) -> Block:
        """The provider's own block."""
        return block_of(self._message.provider)

    @property
    def resource_types(self) -> tuple[str, ...]:
        """The names of all resource types, sorted."""
        return tuple(sorted(self._message.resource_schemas))

    @property
    def data_source_types(self) -> tuple[str, ...]:
        """The names of all data sources, sorted."""
        return tuple(sorted(self._message.data_source_schemas))

    def resource(self, name: str) -> Block:
        """The schema of a resource type; raises KeyError if there is none of that name."""
        return self._block("resource", self._message.resource_schemas, name)

    def data_source(self, name: str) -> Block:
        """The schema of a data source; raises KeyError if there is none of that name."""
        return self._block("data", self._message.data_source_schemas, name)

    @cached_property
    def _message(self) -> GetProviderSchema.Response:
        message = GetProviderSchema.Response.FromString(self._cached.response)
        for name, paths in self._secrets.items():
            if name in message.resource_schemas:
                mark_sensitive(message.resource_schemas[name].block, paths)
        return message

    def _block(self, kind: Kind, schemas: Mapping[str, Schema], name: str) -> Block:
        if (kind, name) not in self._blocks:
            # Asked for what it lacks, a map of messages makes it.
            if name not in schemas:
                raise KeyError(name)
            self._blocks[kind, name] = block_of(schemas[name])
        return self._blocks[kind, name]


def _build(binding: Binding, watch: Watch) -> CachedSchema:
    # Whoever finds all in the cache, as the provider does, shall not load what extracts.
    from arqctl.offline.schema.extract import extract  # noqa: PLC0415

    schema = extract(binding, partial(watch, binding))
    return store_schema(binding, schema.source, schema.version, response_bytes(schema))

"""Schemas of one provider: encoded for Terraform, and decoded type by type."""

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

OnProgress = Callable[[Binding, float], None]
"""Receives the progress of extracting a package of bindings, from 0 to 1."""


def no_progress(_binding: Binding, _done: float) -> None:
    """Ignore the progress."""


class Schemas:
    """The schemas of one provider. `source` is `HOST/NAMESPACE/NAME`, `version` the provider's.

    A type is decoded once, when it is first requested.
    """

    def __init__(self, cached: CachedSchema, secrets: Secrets | None = None) -> None:
        """Decode a cached schema, and mark the attributes in `secrets` as sensitive."""
        self.source = cached.source
        self.version = cached.version
        self._cached = cached
        self._secrets = secrets or {}
        self._blocks: dict[tuple[Kind, str], Block] = {}

    def with_secrets(self, secrets: Secrets) -> "Schemas":
        """Return a copy that marks these attributes as sensitive."""
        return Schemas(self._cached, secrets)

    @classmethod
    def of(cls, source: str) -> Self:
        """Return the schemas of a provider; build them if they are not in the cache.

        Raises:
            InputError: when no bindings of the provider are installed, they can't be read, or the cache can't
                be written.
        """
        name = source.rpartition("/")[2]
        # Bindings are named after their provider, so try those first and read no others.
        bindings = sorted(installed_bindings(), key=lambda binding: not binding.package.endswith(f"_{name}"))
        for binding in bindings:
            cached = load_schema(binding)
            if cached is None and provider_source(binding).source == source:
                cached = _build(binding, no_progress)
            if cached and cached.source == source:
                return cls(cached)
        names = ", ".join(binding.package for binding in bindings) or "none"
        problem = f"no bindings of it are installed; installed are {names}"
        fix = f"pip install cdktf-cdktf-provider-{name}"
        raise InputError([Problem(source, problem, fix)])

    @classmethod
    def all(cls, on_progress: OnProgress = no_progress) -> tuple[Self, ...]:
        """Return the schemas of all installed bindings; build those that are not in the cache.

        Raises:
            InputError: when bindings can't be read, or the cache can't be written.
        """
        return tuple(
            cls(load_schema(binding) or _build(binding, on_progress)) for binding in installed_bindings()
        )

    @cached_property
    def response(self) -> bytes:
        """The encoded response to GetProviderSchema."""
        return self._message.SerializeToString() if self._secrets else self._cached.response

    @property
    def name(self) -> str:
        """The provider's local name in a configuration, such as `aws`."""
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
        """Return the schema of a resource type. Raises KeyError for an unknown type."""
        return self._block("resource", self._message.resource_schemas, name)

    def data_source(self, name: str) -> Block:
        """Return the schema of a data source. Raises KeyError for an unknown type."""
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
            # A protobuf map creates a missing key on access.
            if name not in schemas:
                raise KeyError(name)
            self._blocks[kind, name] = block_of(schemas[name])
        return self._blocks[kind, name]


def _build(binding: Binding, on_progress: OnProgress) -> CachedSchema:
    # The provider usually finds everything in the cache and must start fast, so import the extractor lazily.
    from arqctl.offline.schema.extract import extract  # noqa: PLC0415

    schema = extract(binding, partial(on_progress, binding))
    return store_schema(binding, schema.source, schema.version, response_bytes(schema))

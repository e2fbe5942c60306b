"""Converts schemas to and from messages of Terraform's plugin protocol."""

import json
from collections.abc import Iterable, Mapping
from functools import cache

from arqctl.offline.facts import Names
from arqctl.offline.schema.model import (
    Attribute,
    Block,
    Nested,
    NestedBlock,
    Nesting,
    ProviderSchema,
    type_of_nested,
)
from arqctl.offline.types import Type
from arqctl.offline.wire.tfplugin6_pb2 import GetProviderSchema, Schema, ServerCapabilities
from arqctl.offline.wire.type_json import type_bytes, type_of_json

_BLOCK_NESTINGS = {
    Nesting.SINGLE: Schema.NestedBlock.SINGLE,
    Nesting.LIST: Schema.NestedBlock.LIST,
    Nesting.SET: Schema.NestedBlock.SET,
    Nesting.MAP: Schema.NestedBlock.MAP,
}
_OBJECT_NESTINGS = {
    Nesting.SINGLE: Schema.Object.SINGLE,
    Nesting.LIST: Schema.Object.LIST,
    Nesting.SET: Schema.Object.SET,
    Nesting.MAP: Schema.Object.MAP,
}
_NESTINGS_OF_BLOCKS = {number: nesting for nesting, number in _BLOCK_NESTINGS.items()}
_NESTINGS_OF_OBJECTS = {number: nesting for nesting, number in _OBJECT_NESTINGS.items()}


def response_bytes(schema: ProviderSchema) -> bytes:
    """Return the encoded response to GetProviderSchema, with the offline provider's capabilities."""
    writer = _Writer()
    response = GetProviderSchema.Response(
        provider=writer.schema(schema.configuration),
        resource_schemas=_schemas(writer, schema.resources),
        data_source_schemas=_schemas(writer, schema.data_sources),
        server_capabilities=ServerCapabilities(
            plan_destroy=True, get_provider_schema_optional=True, move_resource_state=True
        ),
    )
    return response.SerializeToString(deterministic=True)


def _schemas(writer: "_Writer", blocks: Mapping[str, Block]) -> dict[str, Schema]:
    return {name: writer.schema(block) for name, block in blocks.items()}


class _Writer:
    """Converts blocks to messages. Converts a block that is used several times only once."""

    def __init__(self) -> None:
        self._blocks: dict[int, Schema.Block] = {}

    def schema(self, block: Block) -> Schema:
        return Schema(block=self._block(block))

    def _block(self, block: Block) -> Schema.Block:
        if id(block) not in self._blocks:
            self._blocks[id(block)] = Schema.Block(
                attributes=map(_attribute_message, block.attributes.values()),
                block_types=map(self._nested_block, block.blocks.values()),
            )
        return self._blocks[id(block)]

    def _nested_block(self, nested: NestedBlock) -> Schema.NestedBlock:
        return Schema.NestedBlock(
            type_name=nested.name,
            block=self._block(nested.block),
            nesting=_BLOCK_NESTINGS[nested.nesting],
            min_items=nested.min_items,
            max_items=nested.max_items,
        )


def _attribute_message(attribute: Attribute) -> Schema.Attribute:
    nested = attribute.nested
    return Schema.Attribute(
        name=attribute.name,
        type=None if nested else type_bytes(attribute.type),
        nested_type=_object_message(nested) if nested else None,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        write_only=attribute.write_only,
    )


def _object_message(nested: Nested) -> Schema.Object:
    return Schema.Object(
        attributes=map(_attribute_message, nested.attributes.values()),
        nesting=_OBJECT_NESTINGS[nested.nesting],
    )


def mark_sensitive(block: Schema.Block, paths: Iterable[Names]) -> None:
    """Mark the attributes at the paths as sensitive. Ignore a path without an attribute."""
    for path in paths:
        if attribute := _attribute_at(block, path):
            attribute.sensitive = True


def _attribute_at(block: Schema.Block, path: Names) -> Schema.Attribute | None:
    name, *rest = path
    for nested in block.block_types:
        if nested.type_name == name:
            return _attribute_at(nested.block, tuple(rest)) if rest else None
    attribute = _named(block.attributes, name)
    for step in rest:
        attribute = _named(attribute.nested_type.attributes, step) if attribute else None
    return attribute


def _named(attributes: Iterable[Schema.Attribute], name: str) -> Schema.Attribute | None:
    return next((each for each in attributes if each.name == name), None)


def block_of(message: Schema) -> Block:
    """Return the block in a message."""
    return _block(message.block)


def _block(message: Schema.Block) -> Block:
    return Block(
        attributes=_attributes(message.attributes),
        blocks={nested.type_name: _nested_block(nested) for nested in message.block_types},
    )


def _nested_block(message: Schema.NestedBlock) -> NestedBlock:
    return NestedBlock(
        name=message.type_name,
        nesting=_NESTINGS_OF_BLOCKS[message.nesting],
        block=_block(message.block),
        min_items=message.min_items,
        max_items=message.max_items,
    )


def _attributes(messages: Iterable[Schema.Attribute]) -> Mapping[str, Attribute]:
    return {message.name: _attribute(message) for message in messages}


def _attribute(message: Schema.Attribute) -> Attribute:
    nested = _nested(message.nested_type) if message.HasField("nested_type") else None
    return Attribute(
        name=message.name,
        type=type_of_nested(nested) if nested else _type(message.type),
        required=message.required,
        optional=message.optional,
        computed=message.computed,
        sensitive=message.sensitive,
        write_only=message.write_only,
        nested=nested,
    )


def _nested(message: Schema.Object) -> Nested:
    return Nested(_NESTINGS_OF_OBJECTS[message.nesting], _attributes(message.attributes))


@cache
def _type(notation: bytes) -> Type:
    return type_of_json(json.loads(notation))

"""Removes secrets from a resource's state."""

from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Attribute, Block, Nesting
from arqctl.offline.values import Value


def redact_state(block: Block, state: Fields) -> Fields:
    """Return the state with None for every sensitive or write-only attribute, at any depth."""
    attributes = {
        name: None if _is_secret(attribute) else state.get(name)
        for name, attribute in block.attributes.items()
    }
    blocks = {
        name: _elements(nested.nesting, nested.block, state.get(name))
        for name, nested in block.blocks.items()
    }
    return {**attributes, **blocks}


def _is_secret(attribute: Attribute) -> bool:
    """Return whether the attribute or a part of it is secret: all of it is removed then."""
    parts = attribute.nested.attributes.values() if attribute.nested else ()
    return attribute.sensitive or attribute.write_only or any(map(_is_secret, parts))


def _elements(nesting: Nesting, block: Block, value: Value) -> Value:
    if isinstance(value, list):
        return [redact_state(block, each) if isinstance(each, dict) else each for each in value]
    if not isinstance(value, dict):
        return value
    if nesting is Nesting.SINGLE:
        return redact_state(block, value)
    return {key: redact_state(block, each) if isinstance(each, dict) else each for key, each in value.items()}

"""Compares values by Terraform's rules: sets have no order, and 1.0 equals 1."""

from collections.abc import Hashable
from decimal import Decimal

from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, Nesting
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Unknown, Value


def is_equal(block: Block, one: Fields, other: Fields) -> bool:
    """Return whether two values of a block are equal. Unknowns are equal if their refinements are."""
    for name, attribute in block.attributes.items():
        a, b = one.get(name), other.get(name)
        if a is not b and a != b and canonical(attribute.type, a) != canonical(attribute.type, b):
            return False
    for name, nested in block.blocks.items():
        a, b = one.get(name), other.get(name)
        if a is b or a == b:
            continue
        if canonical_elements(nested.nesting, nested.block, a) != canonical_elements(
            nested.nesting, nested.block, b
        ):
            return False
    return True


def canonical(type_: Type, value: Value) -> Hashable:
    """Return a hashable form of a value. Equal values have equal forms with equal `repr`."""
    if isinstance(value, list):
        element = type_.element if isinstance(type_, Collection) else type_
        parts = [canonical(element, each) for each in value]
        return _unordered(parts) if isinstance(type_, Collection) and type_.kind == "set" else tuple(parts)
    if isinstance(value, dict):
        if isinstance(type_, Object):
            return tuple([canonical(each, value.get(name)) for name, each in type_.attributes.items()])
        element = type_.element if isinstance(type_, Collection) else type_
        return tuple([(name, canonical(element, value[name])) for name in sorted(value)])
    if isinstance(value, Decimal | float) and value == int(value):
        return int(value)
    return value


def canonical_block(block: Block, value: Value) -> Hashable:
    """Return the canonical form of a block's value."""
    if not isinstance(value, dict):
        return _unset(value)
    attributes = [canonical(each.type, value.get(name)) for name, each in block.attributes.items()]
    blocks = [
        canonical_elements(each.nesting, each.block, value.get(name)) for name, each in block.blocks.items()
    ]
    return (*attributes, *blocks)


def canonical_elements(nesting: Nesting, block: Block, value: Value) -> Hashable:
    """Return the canonical form of all elements of a nested block."""
    if nesting is Nesting.SINGLE:
        return canonical_block(block, value)
    if isinstance(value, list):
        parts = [canonical_block(block, each) for each in value]
        return _unordered(parts) if nesting is Nesting.SET else tuple(parts)
    if isinstance(value, dict):
        return tuple([(name, canonical_block(block, value[name])) for name in sorted(value)])
    return _unset(value)


def _unset(value: Value) -> Hashable:
    return value if isinstance(value, Unknown) else None


def _unordered(parts: list[Hashable]) -> Hashable:
    return tuple(sorted(parts, key=repr))

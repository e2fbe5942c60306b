"""Computes the state after a change: the plan with a value for every unknown."""

from collections.abc import Callable, Hashable

from arqctl.offline.planning.equality import canonical, canonical_block
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, Nesting
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Path, Unknown, Value, is_known

Fill = Callable[[Path, Type], Value]
"""Returns a known value of the type for the unknown at the path.

In these paths, elements of a set have numbers, so that their values can differ. The numbers do not depend on
the order of the set.
"""


def apply(block: Block, planned: Fields, fill: Fill) -> Fields:
    """Return the planned state with every unknown replaced, at any depth. Known values stay unchanged.

    Raises:
        ValueError: when a value from `fill` is unknown, or contradicts the plan.
    """
    return _block(block, planned, (), fill)


def _block(block: Block, planned: Fields, path: Path, fill: Fill) -> Fields:
    state = dict(planned)
    for name, attribute in block.attributes.items():
        value = planned.get(name)
        if isinstance(value, Unknown | list | dict):
            state[name] = _value(attribute.type, value, (*path, name), fill)
    for name, nested in block.blocks.items():
        state[name] = _elements(nested.nesting, nested.block, planned.get(name), (*path, name), fill)
    return state


def _elements(nesting: Nesting, block: Block, planned: Value, path: Path, fill: Fill) -> Value:
    if isinstance(planned, list):
        numbers = _numbers([canonical_block(block, each) for each in planned], nesting is Nesting.SET)
        return [
            _block(block, each, (*path, number), fill) if isinstance(each, dict) else each
            for number, each in zip(numbers, planned, strict=True)
        ]
    if isinstance(planned, dict):
        if nesting is Nesting.SINGLE:
            return _block(block, planned, path, fill)
        return {
            key: _block(block, each, (*path, key), fill) if isinstance(each, dict) else each
            for key, each in planned.items()
        }
    return planned


def _value(type_: Type, planned: Value, path: Path, fill: Fill) -> Value:
    if isinstance(planned, Unknown):
        return _filled(type_, planned, path, fill)
    if isinstance(planned, list) and isinstance(type_, Collection) and not is_known(planned):
        element = type_.element
        numbers = _numbers([canonical(element, each) for each in planned], type_.kind == "set")
        return [
            _value(element, each, (*path, number), fill)
            for number, each in zip(numbers, planned, strict=True)
        ]
    if isinstance(planned, dict) and isinstance(type_, Object):
        return {
            name: _value(type_.attributes[name], each, (*path, name), fill) for name, each in planned.items()
        }
    if isinstance(planned, dict) and isinstance(type_, Collection):
        return {key: _value(type_.element, each, (*path, key), fill) for key, each in planned.items()}
    return planned


def _filled(type_: Type, planned: Unknown, path: Path, fill: Fill) -> Value:
    value = fill(path, type_)
    where = ".".join(map(str, path))
    if not is_known(value):
        raise ValueError(f"The applied value of {where} must be known, got {value!r}")
    if planned.prefix and not (isinstance(value, str) and value.startswith(planned.prefix)):
        raise ValueError(f"The applied value of {where} must begin with {planned.prefix!r}, got {value!r}")
    if planned.not_null and value is None:
        raise ValueError(f"The applied value of {where} must not be null")
    return value


def _numbers(elements: list[Hashable], is_unordered: bool) -> list[int]:
    """Return a number for each element: its index, or in a set, its index after sorting."""
    numbers = list(range(len(elements)))
    if not is_unordered:
        return numbers
    ranked = sorted(numbers, key=lambda each: repr(elements[each]))
    return sorted(numbers, key=ranked.__getitem__)

"""The state after a change: the plan, with an answer for everything that was still unknown."""

from collections.abc import Callable, Hashable

from arqctl.offline.planning.equality import canonical, canonical_block
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, Nesting
from arqctl.offline.types import Collection, Object, Type
from arqctl.offline.values import Path, Unknown, Value, is_known

Fill = Callable[[Path, Type], Value]
"""Answers with a known value of the type. In these paths the elements of a set have numbers, so that answers
can differ; the same set always has the same ones, however it is ordered.
"""


def apply(block: Block, planned: Fields, fill: Fill) -> Fields:
    """The planned state with every unknown filled in, at any depth; what is known stays as it is.

    Raises ValueError if an answer is not known, or is not as the plan promised.
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
    answer = fill(path, type_)
    where = ".".join(map(str, path))
    if not is_known(answer):
        raise ValueError(f"The answer for {where} is not known, though it is applied: {answer!r}")
    if planned.prefix and not (isinstance(answer, str) and answer.startswith(planned.prefix)):
        raise ValueError(f"The answer for {where} was to begin with {planned.prefix!r}, but is {answer!r}")
    if planned.not_null and answer is None:
        raise ValueError(f"The answer for {where} was not to be null, but is")
    return answer


def _numbers(elements: list[Hashable], are_unordered: bool) -> list[int]:
    """A number for each element: where it stands, or in a set, where it would stand if that were sorted."""
    numbers = list(range(len(elements)))
    if not are_unordered:
        return numbers
    ranked = sorted(numbers, key=lambda each: repr(elements[each]))
    return sorted(numbers, key=ranked.__getitem__)

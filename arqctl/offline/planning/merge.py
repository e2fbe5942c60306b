"""Completes a configuration: unset computed attributes take their value from the prior state.

Nothing else comes from the prior state. So an argument removed from the configuration is absent from the plan
too, at any depth. The prior element that matches an element of a set makes no difference.
"""

from typing import Final

from arqctl.offline.planning.sets import merge_set
from arqctl.offline.planning.traversal import Fields, parts_of
from arqctl.offline.schema.model import Attribute, Block, Nesting
from arqctl.offline.values import Unknown, Value

COMPUTED: Final = Unknown()
"""A value that the provider will compute.

It equals every other unrefined unknown, but is a separate object: an unknown in the configuration (a
reference to a resource that does not exist yet) counts as a change, and this one does not.
"""


def merge(block: Block, config: Fields, prior: Fields | None) -> Fields:
    """Return the planned value of a block. Without a prior, computed attributes are `COMPUTED`.

    Write-only attributes are None.
    """
    planned: Fields = {}
    for name, attribute in block.attributes.items():
        value = config.get(name)
        if attribute.write_only:
            planned[name] = None
        elif value is None:
            planned[name] = _computed(name, prior) if attribute.computed else None
        elif attribute.nested is None:
            planned[name] = value
        else:
            planned[name] = _nested(attribute, value, prior)
    for name, child in block.blocks.items():
        before = None if prior is None else prior.get(name)
        planned[name] = _elements(
            child.nesting, child.block, _present(child.nesting, config.get(name)), before
        )
    return planned


def _computed(name: str, prior: Fields | None) -> Value:
    return COMPUTED if prior is None else prior.get(name)


def _nested(attribute: Attribute, config: Value, prior: Fields | None) -> Value:
    if attribute.nested is None:
        return config
    before = None if prior is None else prior.get(attribute.name)
    return _elements(attribute.nested.nesting, parts_of(attribute.nested), config, before)


def _present(nesting: Nesting, value: Value) -> Value:
    """Return an empty collection for an absent block. Terraform allows null for a single block only."""
    if value is None and nesting is not Nesting.SINGLE:
        return {} if nesting is Nesting.MAP else []
    return value


def _elements(nesting: Nesting, block: Block, config: Value, prior: Value) -> Value:
    if nesting is Nesting.SINGLE:
        return _element(block, config, prior)
    if isinstance(config, list):
        before = prior if isinstance(prior, list) else []
        if nesting is Nesting.SET:
            return merge_set(block, config, before, _element)
        rest: list[Value] = [None] * (len(config) - len(before))
        return [_element(block, each, was) for each, was in zip(config, before + rest, strict=False)]
    if isinstance(config, dict):
        known = prior if isinstance(prior, dict) else {}
        return {key: _element(block, each, known.get(key)) for key, each in config.items()}
    return config


def _element(block: Block, config: Value, prior: Value) -> Value:
    if not isinstance(config, dict):
        return config
    return merge(block, config, prior if isinstance(prior, dict) else None)

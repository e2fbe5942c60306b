"""The state of a resource after import: its id and the attributes that the caller knows."""

from collections.abc import Mapping

from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, Nesting
from arqctl.offline.values import Value


def imported_state(block: Block, id: str, known: Mapping[str, Value]) -> Fields:
    """Return the state of an imported resource: its id and the known top-level attributes.

    Plan from it with `imported=True`. The other attributes are unknown to offline AWS: the configuration then
    counts as a change, but forces no replacement.
    """
    state = empty_block(block)
    if "id" in block.attributes:
        state["id"] = id
    return {name: known.get(name, value) for name, value in state.items()}


def empty_block(block: Block) -> Fields:
    """Return a block's value without any attribute or nested block."""
    return {
        **dict.fromkeys(block.attributes),
        **{name: _no_elements(each.nesting) for name, each in block.blocks.items()},
    }


def _no_elements(nesting: Nesting) -> Value:
    if nesting is Nesting.SINGLE:
        return None
    return {} if nesting is Nesting.MAP else []

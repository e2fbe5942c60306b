"""What is known of a resource once it is imported: what it is called, and what the caller found out."""

from collections.abc import Mapping

from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, Nesting
from arqctl.offline.values import Value


def imported_state(block: Block, id: str, answers: Mapping[str, Value]) -> Fields:
    """The state of an imported resource: its id, the top-level answers of types that fit, and nothing else.

    Plan on from it with `imported=True`: nobody knows what the resource looks like, so the configuration is
    taken for a change, yet forces no replacement.
    """
    state = empty(block)
    if "id" in block.attributes:
        state["id"] = id
    return {name: answers.get(name, value) for name, value in state.items()}


def empty(block: Block) -> Fields:
    """A block with nothing in it: no attribute is set, and of each nested block there is none."""
    return {
        **dict.fromkeys(block.attributes),
        **{name: _none_of(each.nesting) for name, each in block.blocks.items()},
    }


def _none_of(nesting: Nesting) -> Value:
    if nesting is Nesting.SINGLE:
        return None
    return {} if nesting is Nesting.MAP else []

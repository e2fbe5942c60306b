"""Where constructs stand in the tree, known without asking Node.

Python makes every construct, so it can remember under what and by which name. Node takes a third of a
millisecond to answer, and constructs ask several times each: for their stack, for their names.
"""

import functools
from collections.abc import Callable
from weakref import WeakKeyDictionary

from constructs import Construct, IConstruct

_PLACES: WeakKeyDictionary[IConstruct, tuple[IConstruct, str]] = WeakKeyDictionary()


def remember() -> None:
    """Have every `Construct` that is made from now on remembered."""
    make: Callable[[Construct, Construct, str], None] = Construct.__init__
    if hasattr(make, "__wrapped__"):
        return

    @functools.wraps(make)
    def make_and_remember(self: Construct, scope: Construct, id: str) -> None:
        make(self, scope, id)
        _PLACES[self] = (scope, id)

    setattr(Construct, "__init__", make_and_remember)  # noqa: B010  # mypy rightly refuses the assignment


def ancestors(construct: IConstruct) -> tuple[IConstruct, list[str]]:
    """As far up as is remembered, and the ids on the way back down; the construct itself if nothing is."""
    ids: list[str] = []
    while construct in _PLACES:
        construct, name = _PLACES[construct]
        ids.insert(0, name)
    return construct, ids

"""Remembers the scope and id of each construct, so that a construct's path needs no request to Node.

A request takes a third of a millisecond, and constructs need their stack and their path several times each.
"""

import functools
from collections.abc import Callable
from weakref import WeakKeyDictionary

from constructs import Construct, IConstruct

_SCOPES: WeakKeyDictionary[IConstruct, tuple[IConstruct, str]] = WeakKeyDictionary()


def install() -> None:
    """Remember every `Construct` that is made from now on."""
    init: Callable[[Construct, Construct, str], None] = Construct.__init__
    if hasattr(init, "__wrapped__"):
        return

    @functools.wraps(init)
    def init_and_remember(self: Construct, scope: Construct, id: str) -> None:
        init(self, scope, id)
        _SCOPES[self] = (scope, id)

    setattr(Construct, "__init__", init_and_remember)  # noqa: B010  # mypy refuses the assignment


def find_root(construct: IConstruct) -> tuple[IConstruct, list[str]]:
    """Return the outermost remembered scope, and the ids from there to `construct`.

    Return `construct` itself and no ids if it is not remembered.
    """
    ids: list[str] = []
    while construct in _SCOPES:
        construct, name = _SCOPES[construct]
        ids.insert(0, name)
    return construct, ids

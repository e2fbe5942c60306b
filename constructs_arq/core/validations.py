"""Checks that can only be made once everything is built: something that should have happened and did not."""

from collections.abc import Callable, Sequence

import jsii
from constructs import Construct, IValidation


@jsii.implements(IValidation)
class _Check:
    def __init__(self, find_problems: Callable[[], Sequence[str]]) -> None:
        self._find_problems = find_problems

    def validate(self) -> list[str]:
        return list(self._find_problems())


def add_validation(construct: Construct, find_problems: Callable[[], Sequence[str]]) -> None:
    """Fail the synthesis when `find_problems` finds any; each is said with the construct's path before it."""
    construct.node.add_validation(_Check(find_problems))

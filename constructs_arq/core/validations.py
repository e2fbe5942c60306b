"""Validations that run at synthesis, when all constructs exist."""

from collections.abc import Callable, Sequence

import jsii
from constructs import Construct, IValidation


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, find_problems: Callable[[], Sequence[str]]) -> None:
        self._find_problems = find_problems

    def validate(self) -> list[str]:
        return list(self._find_problems())


def add_validation(construct: Construct, find_problems: Callable[[], Sequence[str]]) -> None:
    """Fail synthesis if `find_problems` returns any problem. The message has the construct's path."""
    construct.node.add_validation(_Validation(find_problems))

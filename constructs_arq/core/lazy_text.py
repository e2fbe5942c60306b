"""Text that synthesis produces, when all constructs exist."""

from collections.abc import Callable

import jsii
from cdktf import IResolveContext, IStringProducer, Lazy


@jsii.implements(IStringProducer)
class _Producer:
    def __init__(self, produce: Callable[[], str]) -> None:
        self._produce = produce

    def produce(self, context: IResolveContext) -> str:  # noqa: ARG002  # the interface has it
        return self._produce()


def lazy_text(produce: Callable[[], str]) -> str:
    """Return a reference that synthesis replaces by the result of `produce`."""
    return Lazy.string_value(_Producer(produce))

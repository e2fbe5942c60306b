"""What all of it costs a month, and how sure that is."""

from collections.abc import Iterator, Sequence

from arqctl.review.markdown.budget import Part
from arqctl.review.markdown.escaping import code
from arqctl.review.markdown.layout import items, section
from arqctl.review.markdown.matrix import money
from arqctl.review.model import Cost, StackReview


def costs(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """The section, or nothing where no stack was priced."""
    lines = [f"{code(stack.stack, 40)}: {_told(stack.cost)}" for stack in stacks if stack.cost]
    if lines:
        yield section("### Cost", items(lines), noun="stack", rank=rank)


def _told(cost: Cost) -> str:
    unpriced = f", unpriced: {cost.unpriced:,}" if cost.unpriced else ""
    return f"{money(cost)} USD a month, {cost.coverage} % priced{unpriced}, as of {cost.as_of}"

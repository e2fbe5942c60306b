"""Renders the monthly cost of each stack."""

from collections.abc import Iterator, Sequence

from arqctl.review.markdown.budget import Part
from arqctl.review.markdown.escaping import code
from arqctl.review.markdown.layout import items, section
from arqctl.review.markdown.matrix import money
from arqctl.review.model import Cost, StackReview


def costs(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield the section, or nothing if no stack has a cost."""
    lines = [f"{code(stack.stack, 40)}: {_summary(stack.cost)}" for stack in stacks if stack.cost]
    if lines:
        yield section("### Cost", items(lines), noun="stack", rank=rank)


def _summary(cost: Cost) -> str:
    unpriced = f", {cost.unpriced:,} unpriced" if cost.unpriced else ""
    return f"{money(cost)} USD/month, {cost.coverage} % priced{unpriced}, prices of {cost.as_of}"

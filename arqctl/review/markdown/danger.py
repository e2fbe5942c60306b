"""Renders dangers, the most severe first. They get space before any other section."""

from collections.abc import Iterator, Sequence

from arqctl.core.actions import action_verb
from arqctl.plan.risk.danger import RANK, Danger
from arqctl.review.dedupe import Grouped, group_equal
from arqctl.review.markdown.budget import Group, Part
from arqctl.review.markdown.differences import difference_items
from arqctl.review.markdown.escaping import code, prose
from arqctl.review.markdown.layout import items, occurrences, section, stack_names
from arqctl.review.model import StackReview

_SHORT = 100
"""Characters of an address or a path, so that the first rows fit on the first screen."""


def danger(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield the section, or nothing if there is no danger."""
    found = sorted(group_equal(stacks, lambda stack: stack.dangers), key=_severity)
    if found:
        rows = [_row(each, position) for position, each in enumerate(found)]
        yield section(f"### Danger: {occurrences(found):,}", rows, noun="danger", rank=rank)


def _severity(found: Grouped[Danger]) -> int:
    loss = found.value.loss
    return RANK.index(loss) if loss in RANK else 0


def _row(found: Grouped[Danger], position: int) -> Part:
    """Return the danger with its details. `position` is its rank, so severe dangers keep details longest."""
    each = found.value
    deposed = f" (deposed {code(each.deposed, 20)})" if each.deposed else ""
    subject = (
        f"**{action_verb(each.action)}** {code(each.address, _SHORT)}{deposed} in {stack_names(found.stacks)}"
    )
    head = f"- {subject}: {prose(each.what, _SHORT)}\n"
    return Group(head, _details(each), head, noun="line", lead="  - ", kind=each.type, rank=position)


def _details(each: Danger) -> Sequence[Part]:
    facts = [f"category: {prose(each.loss)}, {code(each.type)}, path {code(each.path)}"]
    if each.why:
        facts.append(f"why: {prose(each.why)}")
    return (
        *items(facts, "  "),
        *difference_items(each.forced_by, "  "),
        *items((f"protection: {prose(guard)}" for guard in each.further_protections), "  "),
    )

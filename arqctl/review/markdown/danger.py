"""What is lost, the worst first: as long as there is room for anything, there is room for this."""

from collections.abc import Iterator, Sequence

from arqctl.plan.risk.danger import RANK, Danger
from arqctl.review.dedupe import Alike, alike
from arqctl.review.markdown.budget import Group, Part
from arqctl.review.markdown.differences import told
from arqctl.review.markdown.escaping import code, prose
from arqctl.review.markdown.layout import deed, items, named, section, times
from arqctl.review.model import StackReview

_SHORT = 100
"""Characters of an address or a path: the first rows stand on the first screen."""


def danger(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """The section, or nothing where nothing is lost."""
    found = sorted(alike(stacks, lambda stack: stack.dangers), key=_order)
    if found:
        rows = [_row(each, place) for place, each in enumerate(found)]
        yield section(f"### Danger: {times(found):,}", rows, noun="danger", rank=rank)


def _order(found: Alike[Danger]) -> int:
    loss = found.told.loss
    return RANK.index(loss) if loss in RANK else 0


def _row(found: Alike[Danger], place: int) -> Part:
    """What happens to what, where, and what is lost with it; then why, and what guarded it.

    Its place is its rank: the worst is told in full before the next has room.
    """
    each = found.told
    left_over = f" (deposed {code(each.deposed, 20)})" if each.deposed else ""
    what = f"**{deed(each.action)}** {code(each.address, _SHORT)}{left_over} in {named(found.stacks)}"
    head = f"- {what}: {prose(each.what, _SHORT)}\n"
    return Group(head, _details(each), head, noun="line", lead="  - ", kind=each.type, rank=place)


def _details(each: Danger) -> Sequence[Part]:
    facts = [f"loss of {prose(each.loss.replace('_', ' '))}, {code(each.type)}, path {code(each.path)}"]
    if each.why:
        facts.append(f"why: {prose(each.why)}")
    return (
        *items(facts, "  "),
        *told(each.forced_by, "  "),
        *items((f"protection: {prose(says)}" for says in each.guards), "  "),
    )

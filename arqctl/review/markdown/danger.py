"""Renders dangers, the most severe first. They get space before any other section."""

from collections.abc import Iterator, Sequence

from arqctl.core.actions import action_verb
from arqctl.review.danger_groups import DangerGroup, group_instances, severity
from arqctl.review.dedupe import Grouped, group_equal
from arqctl.review.markdown.budget import Group, Part
from arqctl.review.markdown.differences import difference_items
from arqctl.review.markdown.escaping import code, prose
from arqctl.review.markdown.layout import items, section, stack_names
from arqctl.review.model import StackReview

_SHORT = 100
"""Characters of an address or a path, so that the first rows fit on the first screen."""


_KEY_CHARACTERS = 1_000
"""Characters of the list of instance keys."""


def danger(stacks: Sequence[StackReview], *, rank: int) -> Iterator[Part]:
    """Yield the section, or nothing if there is no danger."""
    groups = group_equal(stacks, lambda stack: group_instances(stack.dangers))
    found = sorted(groups, key=lambda each: severity(each.value))
    if found:
        rows = [_row(each, position) for position, each in enumerate(found)]
        yield section(f"### Danger: {sum(map(_count, found)):,}", rows, noun="danger", rank=rank)


def _count(found: Grouped[DangerGroup]) -> int:
    return found.value.count * len(found.stacks)


def _row(found: Grouped[DangerGroup], position: int) -> Part:
    """Return the danger with its details. `position` is its rank, so severe dangers keep details longest."""
    each = found.value.danger
    instances = f" ({found.value.count:,} instances)" if found.value.count > 1 else ""
    deposed = f" (deposed {code(each.deposed, 20)})" if each.deposed else ""
    address = f"{code(each.address, _SHORT)}{instances}{deposed}"
    subject = f"**{action_verb(each.action)}** {address} in {stack_names(found.stacks)}"
    head = f"- {subject}: {prose(each.what, _SHORT)}\n"
    return Group(
        head,
        _details(found.value),
        head,
        noun="line",
        lead="  - ",
        kind=each.type,
        rank=position,
        count=_count(found),
    )


def _details(group: DangerGroup) -> Sequence[Part]:
    each = group.danger
    facts = [f"category: {prose(each.loss)}, {code(each.type)}, path {code(each.path)}"]
    if group.instance_keys:
        facts.append(f"instances {code(' '.join(group.instance_keys), _KEY_CHARACTERS)}")
    if each.why:
        facts.append(f"why: {prose(each.why)}")
    return (
        *items(facts, "  "),
        *difference_items(each.forced_by, "  "),
        *items((f"protection: {prose(guard)}" for guard in each.further_protections), "  "),
    )

"""Renders resources that change, move or are imported: a fold per construct, a line per resource."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from arqctl.core.actions import action_verb
from arqctl.plan.model import Action, is_loss
from arqctl.review.markdown.budget import Group, Part, plural
from arqctl.review.markdown.differences import difference_items
from arqctl.review.markdown.escaping import code, html_code, prose
from arqctl.review.markdown.layout import fold
from arqctl.review.model import ChangedResource


def by_construct(changes: Sequence[ChangedResource]) -> Iterator[Part]:
    """Yield a fold per construct, those that lose a resource first. Collapsed changes are left out."""
    gathered: dict[str, list[ChangedResource]] = defaultdict(list)
    for each in changes:
        if not each.collapsed:
            gathered[each.path.partition("/")[0]].append(each)
    for construct, rows in sorted(gathered.items(), key=lambda each: (not _loses(each[1]), each[0])):
        summary = f"{html_code(construct, 80)}: {_action_counts(rows)}"
        yield fold(summary, [resource(each) for each in rows], noun="change")


def resource(each: ChangedResource) -> Part:
    """Return a line with the action, and an item for each argument that differs."""
    line = f"- **{_verb(each)}** {code(each.address)}{''.join(f', {note}' for note in _notes(each))}"
    arguments = f" ({plural(len(each.differences), 'argument')})" if each.differences else ""
    return Group(
        f"{line}\n",
        difference_items(each.differences, "  "),
        f"{line}{arguments}\n",
        noun="argument",
        lead="  - ",
        kind=each.type,
    )


def _verb(each: ChangedResource) -> str:
    if each.action is not Action.NO_OP:
        return action_verb(each.action)
    return "move" if each.previous_address else "import"


def _notes(each: ChangedResource) -> Iterator[str]:
    if each.previous_address:
        yield f"moved from {code(each.previous_address)}"
    if each.importing:
        yield f"imported as {code(each.importing)}"
    if each.deposed:
        yield f"deposed {code(each.deposed, 20)}"
    if each.action is Action.CREATE_THEN_FORGET:
        yield "the old resource stays in AWS and is no longer managed"
    if each.why:
        yield prose(each.why)


def _loses(rows: Sequence[ChangedResource]) -> bool:
    return any(is_loss(each.action) for each in rows)


def _action_counts(rows: Sequence[ChangedResource]) -> str:
    """Return `1 create, 2 replace`, in alphabetical order."""
    counts = Counter(action_verb(each.action) for each in rows)
    return ", ".join(f"{count:,} {verb}" for verb, count in sorted(counts.items()))

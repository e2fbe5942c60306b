"""Resources that change, move or are imported: at a click by construct, and in a line each."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from arqctl.plan.model import Action
from arqctl.review.markdown.budget import Group, Part, plural
from arqctl.review.markdown.differences import told
from arqctl.review.markdown.escaping import code, html_code, prose
from arqctl.review.markdown.layout import deed, fold
from arqctl.review.model import Changed


def by_construct(changes: Sequence[Changed]) -> Iterator[Part]:
    """A fold for each construct, those that lose something first. What is rolled up is left to a count."""
    gathered: dict[str, list[Changed]] = defaultdict(list)
    for each in changes:
        if not each.rolled:
            gathered[each.path.partition("/")[0]].append(each)
    for construct, rows in sorted(gathered.items(), key=lambda each: (not _loses(each[1]), each[0])):
        summary = f"{html_code(construct, 80)}: {_deeds(rows)}"
        yield fold(summary, [resource(each) for each in rows], noun="change")


def resource(each: Changed) -> Part:
    """A line on what happens to it, and an item for each argument that differs."""
    line = f"- **{_deed(each)}** {code(each.address)}{''.join(f', {note}' for note in _notes(each))}"
    arguments = f" ({plural(len(each.differences), 'argument')})" if each.differences else ""
    return Group(
        f"{line}\n",
        told(each.differences, "  "),
        f"{line}{arguments}\n",
        noun="argument",
        lead="  - ",
        kind=each.type,
    )


def _deed(each: Changed) -> str:
    """What happens to it, also where that is a move or an import alone."""
    if each.action is not Action.NO_OP:
        return deed(each.action)
    return "move" if each.previous_address else "import"


def _notes(each: Changed) -> Iterator[str]:
    if each.previous_address:
        yield f"moved from {code(each.previous_address)}"
    if each.importing:
        yield f"imported as {code(each.importing)}"
    if each.deposed:
        yield f"deposed {code(each.deposed, 20)}"
    if each.action is Action.CREATE_THEN_FORGET:
        yield "what there was stays in AWS, and nobody answers for it"
    if each.why:
        yield prose(each.why)


def _loses(rows: Sequence[Changed]) -> bool:
    return any(each.action.loses for each in rows)


def _deeds(rows: Sequence[Changed]) -> str:
    """`2 replace, 1 add`, in the order of actions."""
    counted = Counter(deed(each.action) for each in rows)
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))

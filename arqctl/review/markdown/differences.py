"""Renders the differences of a resource or output: one item per argument, long texts as a diff block."""

from collections.abc import Iterable

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.review.markdown.budget import Part, Text
from arqctl.review.markdown.escaping import code
from arqctl.review.markdown.layout import diff


def difference_items(differences: Iterable[Difference], indent: str) -> tuple[Part, ...]:
    """Return one item per difference, those that force a replacement first."""
    ordered = sorted(differences, key=lambda each: not each.forces)
    return tuple(_item(each, indent) for each in ordered)


def _item(each: Difference, indent: str) -> Part:
    name = code(each.path) if each.path else "value"
    forces = ", **forces replacement**" if each.forces else ""
    if each.lines:
        return diff(f"{name}{forces}", each.lines, indent)
    return Text(f"{indent}- {name}{_values(each)}{forces}\n")


def _values(each: Difference) -> str:
    before = code(each.before) if each.before else "(none)"
    match each.kind:
        case Kind.ADDED:
            return f" added: {code(each.after)}"
        case Kind.REMOVED:
            return f" removed: {code(each.before)}"
        case Kind.UNKNOWN:
            return f": {before} → {KNOWN_AFTER_APPLY}"
        case Kind.CHANGED:
            return f": {before} → {code(each.after) if each.after else '(none)'}"

"""Compares the values of a change."""

from collections.abc import Iterator

from arqctl.plan.diff.compare import compare
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.diff.texts import shorten
from arqctl.plan.diff.value_pair import ValuePair
from arqctl.plan.model import Change

_FEW = 3
"""Most unknown rows that are listed one by one."""


def differences(change: Change) -> tuple[Difference, ...]:
    """Return the differences: those that force a replacement first, unknown values last.

    Values are compared before redaction, so a changed secret shows as changed. JSON is compared by part,
    policies by statement, lists of blocks by identifying argument, and texts of several lines by line.
    Unknown values are left out for a created resource, and are one row for a replaced one.
    """
    pair = ValuePair(
        path="",
        name="",
        before=change.before,
        after=change.after,
        unknown=change.after_unknown,
        before_mask=change.before_sensitive,
        after_mask=change.after_sensitive,
        forcing=change.replace_paths,
    )
    found = compare(pair)
    if change.before is None and isinstance(change.after_unknown, dict):
        found = (each for each in found if each.kind is not Kind.UNKNOWN)
    if change.before is not None and "create" in change.action.split("-"):
        found = _named_together(list(found))
    return tuple(sorted(found, key=lambda each: (not each.forces, each.kind is Kind.UNKNOWN, each.path)))


def _named_together(found: list[Difference]) -> Iterator[Difference]:
    """Yield the rows, with one row for all values that AWS will choose."""
    answers = [each for each in found if _is_answer(each)]
    if len(answers) < _FEW:
        yield from found
        return
    yield from (each for each in found if not _is_answer(each))
    names = ", ".join(sorted(each.path for each in answers))
    yield Difference(shorten(names), Kind.UNKNOWN, before=f"{len(answers):,} values")


def _is_answer(difference: Difference) -> bool:
    return difference.kind is Kind.UNKNOWN and not (difference.forces or difference.is_secret)

"""Builds the rows of differences."""

from collections.abc import Sequence

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.diff.blocks import block
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.diff.texts import LONGEST, shorten, truncate_lines
from arqctl.plan.diff.value_pair import ValuePair, is_absent, is_marked
from arqctl.plan.redact.redact import OTHER_SECRET, SECRET


def row(
    pair: ValuePair, before: str, after: str, *, lines: Sequence[str] = (), kind: Kind | None = None
) -> Difference:
    """Return the row of a place. If redaction made both texts equal, it still shows a change."""
    if before == after and not lines:
        before, after = SECRET, OTHER_SECRET
    return Difference(
        path=pair.path,
        kind=kind or _kind(pair),
        before=before,
        after=after,
        lines=tuple(lines),
        forces=pair.forces,
        is_secret=any(SECRET in text or OTHER_SECRET in text for text in (before, after, *lines)),
    )


def secret_row(pair: ValuePair) -> Difference:
    """Return the row of a place that is secret as a whole."""
    before = "" if is_absent(pair.before) else SECRET
    if is_marked(pair.unknown):
        return row(pair, before, KNOWN_AFTER_APPLY, kind=Kind.UNKNOWN)
    other = OTHER_SECRET if before else SECRET
    return row(pair, before, "" if is_absent(pair.after) else other)


def unknown_row(pair: ValuePair) -> Difference:
    """Return the row of a place that is unknown before apply."""
    if pair.is_masked:
        return secret_row(pair)
    return row(pair, shorten(", ".join(block(pair, of_after=False))), KNOWN_AFTER_APPLY, kind=Kind.UNKNOWN)


def parts_row(pair: ValuePair, removed: Sequence[str], added: Sequence[str]) -> Difference:
    """Return the row of a value with parts: those removed and those added."""
    kind = Kind.CHANGED if removed and added else Kind.ADDED if added else Kind.REMOVED
    if added and all(text == KNOWN_AFTER_APPLY for text in added):
        kind = Kind.UNKNOWN
    before, after = ", ".join(removed), ", ".join(added)
    if max(len(before), len(after)) <= LONGEST:
        return row(pair, before, after, kind=kind)
    lines = [*(f"-{text}" for text in removed), *(f"+{text}" for text in added)]
    return row(pair, "", "", lines=truncate_lines(lines), kind=kind)


def _kind(pair: ValuePair) -> Kind:
    if is_absent(pair.before):
        return Kind.ADDED
    return Kind.REMOVED if is_absent(pair.after) else Kind.CHANGED

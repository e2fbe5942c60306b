"""What a change does to each value, said so that a person sees it."""

from arqctl.review.difference import Difference, Kind
from arqctl.review.differences.comparing import compare
from arqctl.review.differences.pair import Pair
from arqctl.review.plan import Change


def differences(change: Change) -> tuple[Difference, ...]:
    """What differs between before and after: what forces a replacement first, what isn't known yet last.

    Values are compared first and masked then, so that a secret which changed still shows as changed. JSON is
    compared by part, policies by statement, lists of blocks by what identifies them, and texts of several
    lines by line. Of what is created, what isn't known yet is left out: it is most of it.
    """
    pair = Pair(
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
    return tuple(sorted(found, key=lambda each: (not each.forces, each.kind is Kind.UNKNOWN, each.path)))

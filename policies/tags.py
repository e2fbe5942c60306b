"""The tags that every resource carries."""

from policies.stack import Json
from policies.verdict import Verdict, all_hold, is_given

REQUIRED = ("environment", "project", "owner", "cost-center", "managed-by")


def carries_required(tags: Json) -> Verdict:
    """Hold for a map that gives every required tag a value."""
    if not isinstance(tags, dict):
        return Verdict.FAIL
    return all_hold(is_given(tags.get(key)) for key in REQUIRED)

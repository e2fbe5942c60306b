"""Required tags of all resources."""

from policies.stack import Json
from policies.verdict import Verdict, all_pass, is_set

REQUIRED_TAGS = ("environment", "project", "owner", "cost-center", "managed-by")


def has_required_tags(tags: Json) -> Verdict:
    """Pass a map with a value for every required tag."""
    if not isinstance(tags, dict):
        return Verdict.FAIL
    return all_pass(is_set(tags.get(key)) for key in REQUIRED_TAGS)

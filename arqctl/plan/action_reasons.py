"""Why Terraform deletes or replaces, in plain words. Its own words are an open list."""

import re

_PLAIN = {
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_no_move_target": "it was moved to an address that is not in the configuration",
    "delete_because_wrong_repetition": "it is repeated otherwise now (count or for_each came or went)",
    "delete_because_count_index": "count is smaller now",
    "delete_because_each_key": "its key is no longer in for_each",
    "replace_because_cannot_update": "an argument changes that can't be updated in place",
    "replace_because_tainted": "its last creation or provisioning failed (it is tainted)",
    "replace_by_request": "someone asked for it (-replace)",
    "replace_by_triggers": "something that it is told to follow changes (replace_triggered_by)",
}
_WORD = re.compile(r"[a-z_]{1,80}")


def describe_reason(reason: str) -> str:
    """What a reason means; one that isn't known is named, and none at all is said to be none."""
    if not reason:
        return "Terraform gives no reason"
    known = _PLAIN.get(reason)
    if known or not _WORD.fullmatch(reason):
        return known or "Terraform gives a reason that isn't known"
    return f"Terraform's reason: {reason.replace('_', ' ')}"

"""Terraform's words for what a plan does to a resource."""

PAST_TENSE = {
    "delete": "deleted",
    "replace": "replaced",
    "forget": "forgotten",
    "update": "updated",
    "create": "created",
    "import": "imported",
    "move": "moved",
    "read": "read",
    "no-op": "unchanged",
}
"""The past tense of each verb, the most severe action first."""

# `terraform plan -json` names two actions differently from the plan's own JSON.
_STREAMED = {"remove": "forget", "noop": "no-op"}


def action_verb(action: str) -> str:
    """Return the verb of a plan's action: `delete-create` and the other replacements are `replace`."""
    parts = set(action.split("-"))
    if "create" in parts and parts & {"delete", "forget"}:
        return "replace"
    return _STREAMED.get(action, action)


def past_tense(action: str) -> str:
    """Return the past tense of a plan's action, or an action of a later Terraform unchanged."""
    verb = action_verb(action)
    return PAST_TENSE.get(verb, verb)

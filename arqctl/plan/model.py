"""Terraform plan model: the plan's JSON (`terraform show -json`, format 1.x), typed.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from arqctl.core.json_access import Json


class Action(StrEnum):
    """Terraform's action on a resource, data source or output."""

    NO_OP = "no-op"
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    DELETE_THEN_CREATE = "delete-create"
    CREATE_THEN_DELETE = "create-delete"
    FORGET = "forget"
    CREATE_THEN_FORGET = "create-forget"

    @property
    def is_replacement(self) -> bool:
        """Whether Terraform creates another resource in its place."""
        return self in (Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE, Action.CREATE_THEN_FORGET)


def is_loss(action: Action) -> bool:
    """Return whether Terraform deletes the existing object, or stops managing it.

    A later Terraform may combine these words in another way.
    """
    return bool({"delete", "forget"}.intersection(action.split("-")))


@dataclass(frozen=True, slots=True)
class Change:
    """Values before and after. The masks have the shape of the values: true covers everything below.

    A value known after apply is absent from `after`, and true in `after_unknown` at the same place. A step of
    a path in `replace_paths` is a name, a number, or the value of a set's element.
    """

    action: Action
    before: Json = None
    after: Json = None
    after_unknown: Json = False
    before_sensitive: Json = False
    after_sensitive: Json = False
    replace_paths: tuple[tuple[Json, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One row of a plan. `address` and `deposed` together identify a row.

    `path` is the construct's path, or the stack's name and the address if cdktf recorded no path. `reason` is
    a keyword of Terraform; later versions may add keywords. `previous_address` is set for a move, `importing`
    for an import.
    """

    address: str
    type: str
    path: str
    change: Change
    mode: str = "managed"
    reason: str = ""
    deposed: str = ""
    previous_address: str = ""
    importing: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check block, or a condition of a resource: `status` is pass, fail, error or unknown."""

    address: str
    status: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one stack. A plan that `is_errored` has only the rows before the error.

    `is_simulated` means that the plan was made on offline AWS. `relevant` are the (address, path) pairs that
    the changes depend on; only drift in them matters.
    """

    stack: str
    environment: str
    terraform: str
    resources: tuple[ResourceChange, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    outputs: tuple[tuple[str, Change], ...] = ()
    checks: tuple[Check, ...] = ()
    deferred: tuple[ResourceChange, ...] = ()
    relevant: frozenset[tuple[str, str]] = frozenset()
    is_errored: bool = False
    is_complete: bool = True
    is_simulated: bool = False


_REASONS = {
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_no_move_target": "it was moved to an address that is not in the configuration",
    "delete_because_wrong_repetition": "count or for_each was added or removed",
    "delete_because_count_index": "count is smaller now",
    "delete_because_each_key": "its key is no longer in for_each",
    "replace_because_cannot_update": "an argument changes that can't be updated in place",
    "replace_because_tainted": "its last creation or provisioning failed (it is tainted)",
    "replace_by_request": "it was requested (-replace)",
    "replace_by_triggers": "a resource that triggers its replacement changes (replace_triggered_by)",
}
_KEYWORD = re.compile(r"[a-z_]{1,80}")


def describe_reason(reason: str) -> str:
    """Return the meaning of a reason. An unknown reason is quoted; "" gives a sentence too."""
    if not reason:
        return "Terraform gives no reason"
    known = _REASONS.get(reason)
    if known or not _KEYWORD.fullmatch(reason):
        return known or "Terraform gives a reason that isn't known"
    return f"Terraform's reason: {reason.replace('_', ' ')}"

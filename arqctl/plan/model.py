"""A Terraform plan as its JSON has it (`terraform show -json`, format 1.x), typed and nothing more.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from dataclasses import dataclass
from enum import StrEnum

from arqctl.core.json_access import Json


class Action(StrEnum):
    """What happens to a resource, data source or output."""

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
        """Whether another takes its place."""
        return self in (Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE, Action.CREATE_THEN_FORGET)

    @property
    def is_loss(self) -> bool:
        """Whether what there was is deleted, or Terraform no longer answers for it."""
        return self in (Action.DELETE, Action.FORGET) or self.is_replacement


@dataclass(frozen=True, slots=True)
class Change:
    """Values before and after. The masks have the shape of the values: true where all below is meant.

    What is known after apply is absent from `after`, and true in `after_unknown` at the same place. A step of
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
    """One row of a plan. `address` and `deposed` together tell rows apart.

    `path` is the construct's path, or the address below the stack's name where cdktf noted none. `reason` is
    Terraform's own word, an open list; `previous_address` tells of a move, `importing` of an import by id.
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
    """The plan of one stack. A plan that is `errored` holds only what came before the error.

    `simulated` says that offline AWS answered, not AWS. `relevant` are the (address, path) pairs that the
    changes depend on, by which drift matters or not.
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

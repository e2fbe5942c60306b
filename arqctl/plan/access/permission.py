"""Permission model: the common form of every kind of grant in Terraform."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.names import NameLookup
from arqctl.plan.access.partial_values import PartialValues

UNREADABLE = "(a policy that can't be read)"
NOT_DECIDED = "(not decided)"
"""Principal and action of a grant of a type that no reader reads."""

Condition: TypeAlias = frozenset[tuple[str, str, frozenset[str]]]
"""Clauses that must all hold: an operator, a key, and its allowed values."""


class Kind(StrEnum):
    """Kind of grant."""

    POLICY = "IAM policy"
    TRUST = "trust"
    RESOURCE_POLICY = "resource policy"
    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    ENDPOINT = "endpoint"
    PUBLIC_ACCESS = "public access"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class Permission:
    """An allowed or denied action of one principal on one resource.

    Only permissions of one `scope`, such as a role or a bucket, can include each other.
    """

    kind: Kind
    scope: str
    who: str
    what: str
    on: str
    condition: Condition = frozenset()
    is_denial: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether the review can't decide what it allows."""
        return self.has_unknown_part or self.what == NOT_DECIDED

    @property
    def has_unknown_part(self) -> bool:
        """Whether a part of it is known after apply only, or unreadable: it equals no other permission."""
        values = (value for _, _, values in self.condition for value in values)
        fields = (self.who, self.what, self.on, *values)
        return any(KNOWN_AFTER_APPLY in field or UNREADABLE in field for field in fields)


@dataclass(frozen=True, slots=True)
class ChangeSide:
    """One resource before or after a change.

    It `is_created` also if it replaces another one.
    """

    address: str
    type: str
    values: PartialValues
    names: NameLookup
    is_after: bool
    is_created_or_deleted: bool
    is_recreated: bool = False

    @property
    def is_created(self) -> bool:
        """Whether the resource is created: AWS may choose arguments that are unknown as a whole."""
        return self.is_after and (self.is_created_or_deleted or self.is_recreated)

    def scope(self, text: str) -> str:
        """Return a scope; an unknown one belongs to this resource alone."""
        return f"{text} {self.address}" if KNOWN_AFTER_APPLY in text else text


Reader: TypeAlias = Callable[[ChangeSide], Iterator[Permission]]

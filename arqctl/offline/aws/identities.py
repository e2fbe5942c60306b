"""IAM roles, users and policies of the simulated account: those that exist before Terraform creates any."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.service_linked_roles import CREATED_WITH, PATH, path_of, role_name
from arqctl.offline.values import Value

_IDENTITY = re.compile(r"^arn:[\w-]+:iam::(?P<account>\d{12}):(?P<kind>role|user|policy)/(?P<path>.*)$")
_TYPES = {
    "role": ("aws_iam_role", "aws_iam_service_linked_role"),
    "user": ("aws_iam_user",),
    "policy": ("aws_iam_policy",),
}


@dataclass(frozen=True, slots=True)
class SimulatedRole:
    """A role of the account."""

    name: str
    path: str
    arn: str

    @property
    def attributes(self) -> dict[str, Value]:
        """The attributes of Terraform's data source."""
        return {"id": self.name, "name": self.name, "path": self.path, "arn": self.arn}


def list_roles(store: ResourceStore, account: Account) -> list[SimulatedRole]:
    """List the roles of the account in order of ARNs: existing, created, and those that AWS created."""
    found = {role.arn: role for role in _find_roles(store, account)}
    return [found[arn] for arn in sorted(found)]


def assumed_role(account: Account, name: str) -> SimulatedRole:
    """Return the role of this name, for an account whose roles are not known."""
    return _role(account, f"{path_of(name)}{name}")


def is_missing(arn: str, store: ResourceStore, account: Account) -> bool:
    """Return whether an ARN is that of a role, user or policy of the account that definitely does not exist.

    If the project lists no existing roles, every role, user and policy may exist.
    """
    match = _IDENTITY.match(arn)
    if store.existing_roles is None or not match or match["account"] != account.id:
        return False
    kind = match["kind"]
    if kind == "role":
        return all(role.arn != arn for role in list_roles(store, account))
    states = (each.state for type_ in _TYPES[kind] for each in store.list_everywhere(account, type_))
    return all(state.get("arn") != arn for state in states)


def _find_roles(store: ResourceStore, account: Account) -> Iterator[SimulatedRole]:
    for given in store.existing_roles or ():
        yield _role(account, given)
    for service, types in CREATED_WITH.items():
        if any(store.list_everywhere(account, type_) for type_ in types):
            yield _role(account, f"{PATH}{service}/{role_name(service)}")
    for type_ in _TYPES["role"]:
        for each in store.list_everywhere(account, type_):
            yield _role(account, str(each.state.get("arn")).partition(":role")[2])


def _role(account: Account, path_and_name: str) -> SimulatedRole:
    path, _, name = f"/{path_and_name.removeprefix('/')}".rpartition("/")
    return SimulatedRole(name, f"{path}/", f"arn:{account.partition}:iam::{account.id}:role{path}/{name}")

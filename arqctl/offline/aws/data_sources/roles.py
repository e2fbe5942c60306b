"""The data sources `aws_iam_role` and `aws_iam_roles`, which look up roles in the account."""

import re
from collections.abc import Callable, Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.identities import assumed_role, list_roles
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

Config = Mapping[str, Value]
Result = tuple[dict[str, Value], list[Diagnostic]]


def _find_role(config: Config, account: Account, store: ResourceStore) -> Result:
    """Return a role's attributes, or AWS's error if it does not exist."""
    name = str(config.get("name"))
    found = [role for role in list_roles(store, account) if role.name == name]
    if not found and store.existing_roles is not None:
        return {}, [
            Diagnostic(
                "Role does not exist (NoSuchEntity)",
                f"The simulated account has no role {name!r}. Deploy the stack that creates it first, or add "
                "it to existing_roles below [tool.arqctl.offline] in pyproject.toml.",
                ("name",),
            )
        ]
    return (found[0] if found else assumed_role(account, name)).attributes, []


def _find_roles(config: Config, account: Account, store: ResourceStore) -> Result:
    """Return the names and ARNs of the roles that match a path prefix and a regular expression."""
    prefix, pattern = str(config.get("path_prefix") or "/"), str(config.get("name_regex") or "")
    found = [
        role
        for role in list_roles(store, account)
        if role.path.startswith(prefix) and re.search(pattern, role.name)
    ]
    names: list[Value] = [role.name for role in found]
    arns: list[Value] = [role.arn for role in found]
    return {"id": account.region, "names": names, "arns": arns}, []


ROLE_LOOKUPS: Mapping[str, Callable[[Config, Account, ResourceStore], Result]] = {
    "aws_iam_role": _find_role,
    "aws_iam_roles": _find_roles,
}

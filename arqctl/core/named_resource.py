"""A resource that an environment has once: its name, region and account."""

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.default_provider import aws_providers
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_text


class NamedResource(NamedTuple):
    """A resource by name, with the region and the accounts of its stack."""

    name: str
    region: str
    accounts: frozenset[str]


def find_resource(
    environment: str,
    stacks: Iterable[Stack],
    type_: str,
    *,
    missing: str,
    fix: str,
    matches: Callable[[Body], bool] = lambda _: True,
) -> NamedResource:
    """Return the first resource of a type whose arguments match.

    Raises:
        InputError: with `missing` and `fix`, if the environment has none.
    """
    for stack in stacks:
        for block in stack.blocks.values():
            if block.kind == "resource" and block.type == type_ and matches(block.body):
                own = next((each for each in aws_providers(stack) if not each.get("alias")), {})
                accounts = frozenset(map(as_text, as_list(own.get("allowed_account_ids"))))
                return NamedResource(as_text(block.body.get("name")), as_text(own.get("region")), accounts)
    raise InputError([Problem(environment, missing, fix)])


def require_account(api: AwsApi, environment: str, *, region: str, accounts: Set[str]) -> str:
    """Return the account of the credentials, which must be one of `accounts`.

    Raises:
        AwsError: when AWS rejects the call or can't be reached.
        InputError: for another account.
    """
    account = as_text(api.call("sts", "get_caller_identity", region).get("Account"))
    if account not in accounts:
        what = f"is in account {', '.join(sorted(accounts))}, but the credentials are of {account}"
        raise InputError([Problem(environment, what, "Log in to the environment's account")])
    return account

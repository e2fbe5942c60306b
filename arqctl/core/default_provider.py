"""The region and the account of a stack's default AWS provider."""

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_object, as_text


def default_region(stack: Stack) -> str:
    """Return the region of the stack's default provider, or ""."""
    return as_text(_default_provider(stack).get("region"))


def only_account(stack: Stack) -> str:
    """Return the only account that the stack's default provider allows.

    Raises:
        InputError: when it allows several accounts, or all.
    """
    accounts = as_list(_default_provider(stack).get("allowed_account_ids"))
    if len(accounts) != 1:
        what = f"must allow one account, got {len(accounts)}"
        raise InputError([Problem(f"{stack.name} provider aws", what, "Set allowed_account_ids")])
    return as_text(accounts[0])


def _default_provider(stack: Stack) -> Body:
    providers = as_list(as_object(stack.document.get("provider")).get("aws"))
    return next((each for each in map(as_object, providers) if "alias" not in each), {})

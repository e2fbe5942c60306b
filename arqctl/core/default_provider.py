"""The regions and the account of a stack's AWS providers."""

from collections.abc import Iterator

from arqctl.core.assembly import Block, Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_object, as_text


def default_region(stack: Stack) -> str:
    """Return the region of the stack's default provider, or ""."""
    return as_text(find_provider(stack, "").get("region"))


def block_region(stack: Stack, block: Block) -> str:
    """Return the region of a block: its own, or that of its provider."""
    alias = as_text(block.body.get("provider")).partition(".")[2]
    return as_text(block.body.get("region")) or as_text(find_provider(stack, alias).get("region"))


def only_account(stack: Stack) -> str:
    """Return the only account that the stack's default provider allows.

    Raises:
        InputError: when it allows several accounts, or all.
    """
    accounts = as_list(find_provider(stack, "").get("allowed_account_ids"))
    if len(accounts) != 1:
        what = f"must allow one account, got {len(accounts)}"
        raise InputError([Problem(f"{stack.name} provider aws", what, "Set allowed_account_ids")])
    return as_text(accounts[0])


def find_provider(stack: Stack, alias: str) -> Body:
    """Return the AWS provider with an alias, or an empty one. "" is for the default provider."""
    return next((each for each in aws_providers(stack) if as_text(each.get("alias")) == alias), {})


def aws_providers(stack: Stack) -> Iterator[Body]:
    """Yield the stack's AWS providers. Terraform also accepts a single one without a list."""
    aws = as_object(stack.document.get("provider")).get("aws")
    yield from map(as_object, aws if isinstance(aws, list) else [aws])

"""Allowed accounts of AWS providers."""

import re

from policies.rule import rule
from policies.stack import Block, Stack, as_list
from policies.verdict import Verdict, pass_if

_ACCOUNT_ID = re.compile(r"\d{12}")


@rule(
    id="CKV_ARQ_1",
    severity="CRITICAL",
    on=("aws",),
    why="With the wrong credentials in the shell, an unrestricted provider changes another account.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs#allowed_account_ids-1",
)
def provider_allowed_accounts(provider: Block, _: Stack) -> Verdict:
    """AWS providers must list allowed accounts: set allowed_account_ids to 12-digit literals."""
    accounts = as_list(provider.get("allowed_account_ids"))
    return pass_if(
        bool(accounts) and all(isinstance(each, str) and _ACCOUNT_ID.fullmatch(each) for each in accounts)
    )

"""Production's code must not be able to touch another account, nor another's code production."""

import re

from policies.rule import rule
from policies.stack import Block, Stack, as_list
from policies.verdict import Verdict, decided

_ACCOUNT_ID = re.compile(r"\d{12}")


@rule(
    id="CKV_ARQ_1",
    severity="CRITICAL",
    on=("aws",),
    why="With the wrong credentials in the shell, an unguarded provider changes another account.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs#allowed_account_ids-1",
)
def account_guard(provider: Block, _: Stack) -> Verdict:
    """Every AWS provider names the accounts it may touch, as literal 12-digit ids."""
    accounts = as_list(provider.get("allowed_account_ids"))
    return decided(
        bool(accounts) and all(isinstance(each, str) and _ACCOUNT_ID.fullmatch(each) for each in accounts)
    )

"""Scans of Inspector."""

from policies.audit_services import accounts_of
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_one_of, pass_if

_TYPES = ("EC2", "ECR", "LAMBDA")


@rule(
    id="CKV_ARQ_73",
    severity="HIGH",
    on=("aws_inspector2_enabler",),
    why="A vulnerability that becomes known after the push of an image is found only by a repeated scan.",
    link="https://docs.aws.amazon.com/inspector/latest/user/scanning-resources.html",
)
def inspector_scans_all(enabler: Block, stack: Stack) -> Verdict:
    """Inspector must scan the account: set resource_types to EC2, ECR and LAMBDA, and account_ids.

    The accounts are those that the provider allows.
    """
    accounts = accounts_of(enabler, stack)
    return all_pass(
        [
            *(_has(enabler.blocks("resource_types"), each) for each in _TYPES),
            *(_has(enabler.blocks("account_ids"), str(each)) for each in accounts),
            pass_if(bool(accounts)),
        ]
    )


def _has(values: list[Json], wanted: str) -> Verdict:
    return any_passes(is_one_of(each, [wanted]) for each in values)

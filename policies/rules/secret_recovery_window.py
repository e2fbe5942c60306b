"""A deleted secret can be had back for a week."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_between

_LEAST_DAYS, _MOST_DAYS = 7, 30


@rule(
    id="CKV_ARQ_26",
    severity="MEDIUM",
    on=("aws_secretsmanager_secret",),
    why="With a window of 0 a secret is gone at once, and whatever it opened with it.",
    link="https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
)
def secret_recovery_window(secret: Block, _: Stack) -> Verdict:
    """A deleted secret can be restored for at least 7 days."""
    days = secret.get("recovery_window_in_days")
    return Verdict.PASS if days is None else is_between(days, _LEAST_DAYS, _MOST_DAYS)

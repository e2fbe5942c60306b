"""Recovery window of secrets."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_between

_MIN_DAYS, _MAX_DAYS = 7, 30


@rule(
    id="CKV_ARQ_26",
    severity="MEDIUM",
    on=("aws_secretsmanager_secret",),
    why="With a window of 0, a deleted secret is lost at once, and so is access to what it protects.",
    link="https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
)
def secret_recovery_window(secret: Block, _: Stack) -> Verdict:
    """Secrets must be recoverable for at least 7 days: set recovery_window_in_days to 7 or more."""
    days = secret.get("recovery_window_in_days")
    return Verdict.PASS if days is None else is_between(days, _MIN_DAYS, _MAX_DAYS)

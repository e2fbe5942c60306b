"""Controls of Security Hub."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_75",
    severity="MEDIUM",
    on=("aws_securityhub_account",),
    why="AWS adds controls to a standard: without this, nobody notices what they check.",
    link="https://docs.aws.amazon.com/securityhub/latest/userguide/controls-auto-enable.html",
)
def hub_controls_enabled(hub: Block, _: Stack) -> Verdict:
    """Security Hub must turn on new controls of its standards: leave auto_enable_controls true."""
    enabled = hub.get("auto_enable_controls")
    return Verdict.PASS if enabled is None else is_true(enabled)

"""Inline and standalone rules undo each other, one apply after the other."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, decided


@rule(
    id="CKV_ARQ_25",
    severity="MEDIUM",
    on=("aws_security_group",),
    why="An inline list owns all rules of its group: it deletes those that stand beside it.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group",
)
def security_group_without_inline_rules(group: Block, _: Stack) -> Verdict:
    """A security group's rules stand by themselves, each with its own reason."""
    return decided(not group.get("ingress") and not group.get("egress"))

"""Inline rules of security groups."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if


@rule(
    id="CKV_ARQ_25",
    severity="MEDIUM",
    on=("aws_security_group",),
    why="Inline rules own all rules of their group: Terraform deletes the separate rule resources.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group",
)
def security_group_no_inline_rules(group: Block, _: Stack) -> Verdict:
    """Security groups must not have inline rules: create one rule resource with a description for each."""
    return pass_if(not group.get("ingress") and not group.get("egress"))

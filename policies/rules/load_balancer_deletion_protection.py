"""Deletion protection of production load balancers."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_17",
    severity="HIGH",
    on=("aws_lb", "aws_alb"),
    production_only=True,
    why="A replaced load balancer has a new address: origins, records and target bindings break.",
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#deletion-protection",
)
def load_balancer_deletion_protection(balancer: Block, _: Stack) -> Verdict:
    """Production load balancers must have deletion protection: set enable_deletion_protection = true."""
    return is_true(balancer.get("enable_deletion_protection"))

"""A production load balancer keeps its name, and with it everything that points to it."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_17",
    severity="HIGH",
    on=("aws_lb", "aws_alb"),
    production_only=True,
    why="A replaced load balancer has a new address: every origin, record and target binding points nowhere.",
    link="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#deletion-protection",
)
def load_balancer_deletion_protection(balancer: Block, _: Stack) -> Verdict:
    """A production load balancer is protected from deletion."""
    return is_true(balancer.get("enable_deletion_protection"))

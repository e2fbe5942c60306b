"""Only a public load balancer takes callers from anywhere, and only on its two ports."""

from policies.addresses import is_narrow
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_hold, as_number, is_given, is_true

_WEB_PORTS = (80, 443)
_RANGES = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_NAMED = (
    "referenced_security_group_id",
    "source_security_group_id",
    "security_groups",
    "prefix_list_id",
    "prefix_list_ids",
)


@rule(
    id="CKV2_ARQ_6",
    severity="CRITICAL",
    on=(
        "aws_vpc_security_group_ingress_rule",
        "aws_security_group_rule",
        "aws_security_group",
        "aws_default_security_group",
    ),
    why="Checkov asks about a few ports; an open 5432, or 0.0.0.0/1, is just as open.",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
)
def ingress_from_the_world(resource: Block, stack: Stack) -> Verdict:
    """Nothing but a public load balancer is open to the world, and that on 80 and 443 only."""
    if resource.type.endswith("security_group"):
        rules, groups = resource.blocks("ingress"), [resource]
        if not rules:
            return Verdict.NOT_CONCERNED
    else:
        rules, groups = (
            [resource.body],
            stack.referred(resource.get("security_group_id"), "aws_security_group"),
        )
    if resource.type == "aws_security_group_rule" and resource.get("type") == "egress":
        return Verdict.NOT_CONCERNED
    public = bool(groups) and all(_serves_public(group, stack) for group in groups)
    return all_hold(_judge(each, public=public) for each in rules)


def _judge(ingress: Json, *, public: bool) -> Verdict:
    if not isinstance(ingress, dict):
        return Verdict.UNKNOWN
    judge = is_given if public and _is_web(ingress) else is_narrow
    ranges = [judge(cidr) for key in _RANGES for cidr in as_list(ingress.get(key))]
    named = [is_given(source) for key in _NAMED for source in as_list(ingress.get(key))]
    itself = [is_true(ingress["self"])] if ingress.get("self") else []
    # A rule that says nobody is one that this rule doesn't understand.
    return min([*ranges, *named, *itself], default=Verdict.FAIL)


def _is_web(ingress: Json) -> bool:
    first, last = as_number(at(ingress, "from_port")), as_number(at(ingress, "to_port"))
    return first == last and first in _WEB_PORTS


def _serves_public(group: Block, stack: Stack) -> bool:
    balancers = [
        balancer
        for balancer in stack.of_type("aws_lb", "aws_alb")
        if group in stack.referred(balancer.get("security_groups"), group.type)
    ]
    return bool(balancers) and all(
        balancer.get("internal") in (None, False, "false") for balancer in balancers
    )

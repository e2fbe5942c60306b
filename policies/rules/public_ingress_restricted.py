"""Ingress from the internet."""

from policies.ip_ranges import is_narrow_range
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, as_number, is_set, is_true

_WEB_PORTS = (80, 443)
_RANGE_ARGUMENTS = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_SOURCE_ARGUMENTS = (
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
    why="Checkov checks only a few ports; an open 5432, or 0.0.0.0/1, is as dangerous.",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
)
def public_ingress_restricted(resource: Block, stack: Stack) -> Verdict:
    """Only public load balancers may accept traffic from the internet, and only on ports 80 and 443."""
    if resource.type.endswith("security_group"):
        rules, groups = resource.blocks("ingress"), [resource]
        if not rules:
            return Verdict.NOT_APPLICABLE
    else:
        rules, groups = (
            [resource.body],
            stack.resolve(resource.get("security_group_id"), "aws_security_group"),
        )
    if resource.type == "aws_security_group_rule" and resource.get("type") == "egress":
        return Verdict.NOT_APPLICABLE
    public = bool(groups) and all(_is_public_load_balancer_group(group, stack) for group in groups)
    return all_pass(_check_ingress(each, public=public) for each in rules)


def _check_ingress(ingress: Json, *, public: bool) -> Verdict:
    if not isinstance(ingress, dict):
        return Verdict.UNKNOWN
    check_range = is_set if public and _is_web(ingress) else is_narrow_range
    ranges = [check_range(cidr) for key in _RANGE_ARGUMENTS for cidr in as_list(ingress.get(key))]
    sources = [is_set(source) for key in _SOURCE_ARGUMENTS for source in as_list(ingress.get(key))]
    self_reference = [is_true(ingress["self"])] if ingress.get("self") else []
    # A rule without any known source argument fails, because this rule can't evaluate its sources.
    return min([*ranges, *sources, *self_reference], default=Verdict.FAIL)


def _is_web(ingress: Json) -> bool:
    first, last = as_number(at(ingress, "from_port")), as_number(at(ingress, "to_port"))
    return first == last and first in _WEB_PORTS


def _is_public_load_balancer_group(group: Block, stack: Stack) -> bool:
    balancers = [
        balancer
        for balancer in stack.of_type("aws_lb", "aws_alb")
        if group in stack.resolve(balancer.get("security_groups"), group.type)
    ]
    return bool(balancers) and all(
        balancer.get("internal") in (None, False, "false") for balancer in balancers
    )

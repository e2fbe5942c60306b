"""Keys, secrets, certificates and the firewall."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import Unknown, block, blocks, text

_SUBSCRIBED = (
    "AWSManagedRulesACFPRuleSet",
    "AWSManagedRulesATPRuleSet",
    "AWSManagedRulesAntiDDoSRuleSet",
    "AWSManagedRulesBotControlRuleSet",
)
"""AWS's own groups of rules that have a fee of their own; others have none, but those of vendors do."""


def key(_: Priced, __: Resources) -> Iterator[Charge]:
    """A key. Its first two rotations add as much again, which isn't counted: they come with the years."""
    yield Charge("kms/key", ONE, "key")


def secret(_: Priced, __: Resources) -> Iterator[Charge]:
    """A secret."""
    yield Charge("secretsmanager/secret", ONE, "secret")


def certificate(resource: Priced, _: Resources) -> Iterator[Charge]:
    """A certificate, which is free unless a private authority issues it."""
    if resource.values.get("certificate_authority_arn"):
        yield Charge("acm/private-certificate", ONE, "private certificate")


def firewall(resource: Priced, _: Resources) -> Iterator[Charge]:
    """A web ACL, each of its rules, and the groups of rules that have a fee of their own."""
    rules = blocks(resource.values, "rule")
    yield Charge("waf/web-acl", ONE, "web ACL")
    if isinstance(rules, Unknown):
        yield Charge("waf/rule", None, "rule of a web ACL")
        return
    if rules:
        yield Charge("waf/rule", Decimal(len(rules)), "rule of a web ACL")
    for group in map(_managed, rules):
        name = text(group, "name")
        if group and (text(group, "vendor_name") != "AWS" or name in _SUBSCRIBED):
            yield Charge(f"waf/group/{name or '?'}", ONE, f"rules of {name or 'a vendor'}")


def _managed(rule: Body) -> Body:
    return block(block(rule, "statement"), "managed_rule_group_statement")


SECURITY: Mapping[str, Charging] = {
    "aws_acm_certificate": certificate,
    "aws_kms_external_key": key,
    "aws_kms_key": key,
    "aws_kms_replica_external_key": key,
    "aws_kms_replica_key": key,
    "aws_secretsmanager_secret": secret,
    "aws_wafv2_web_acl": firewall,
}

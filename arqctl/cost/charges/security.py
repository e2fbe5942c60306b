"""Charges of keys, secrets, certificates and web ACLs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import Unknown, read_block, read_blocks, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_PAID_RULE_GROUPS = (
    "AWSManagedRulesACFPRuleSet",
    "AWSManagedRulesATPRuleSet",
    "AWSManagedRulesAntiDDoSRuleSet",
    "AWSManagedRulesBotControlRuleSet",
)
"""AWS managed rule groups with a separate fee. Those of other vendors have one too."""


def charge_key(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge a key. Its first two yearly rotations, which add the same price each, aren't counted."""
    yield Charge("kms/key", ONE, "key")
    yield from charge_usage("kms/request", stack.usage("kms_requests"), "request to a key")


def charge_secret(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge a secret, and each replica of it in its region.

    https://aws.amazon.com/secrets-manager/pricing/
    """
    yield Charge("secretsmanager/secret", ONE, "secret")
    replicas = read_blocks(resource.values, "replica")
    if isinstance(replicas, Unknown):
        yield Charge("secretsmanager/secret", None, "replica of a secret")
    else:
        for each in replicas:
            yield Charge("secretsmanager/secret", ONE, "replica of a secret", read_text(each, "region"))
    yield from charge_usage("secretsmanager/request", stack.usage("secret_requests"), "request for a secret")


def charge_certificate(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a certificate of a private certificate authority; public certificates are free."""
    if resource.values.get("certificate_authority_arn"):
        yield Charge("acm/private-certificate", ONE, "private certificate")


def charge_web_acl(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge a web ACL, each of its rules, and rule groups with a separate fee."""
    rules = read_blocks(resource.values, "rule")
    yield Charge("waf/web-acl", ONE, "web ACL")
    yield from charge_usage("waf/request", stack.usage("cdn_requests"), "request to a web ACL")
    if isinstance(rules, Unknown):
        yield Charge("waf/rule", None, "rule of a web ACL")
        return
    if rules:
        yield Charge("waf/rule", Decimal(len(rules)), "rule of a web ACL")
    for group in map(_managed_rule_group, rules):
        name = read_text(group, "name")
        if group and (read_text(group, "vendor_name") != "AWS" or name in _PAID_RULE_GROUPS):
            yield Charge(f"waf/group/{name or '?'}", ONE, f"rules of {name or 'a vendor'}")


def _managed_rule_group(rule: Body) -> Body:
    return read_block(read_block(rule, "statement"), "managed_rule_group_statement")


SECURITY: Mapping[str, ChargeFunction] = {
    "aws_acm_certificate": charge_certificate,
    "aws_kms_external_key": charge_key,
    "aws_kms_key": charge_key,
    "aws_kms_replica_external_key": charge_key,
    "aws_kms_replica_key": charge_key,
    "aws_secretsmanager_secret": charge_secret,
    "aws_wafv2_web_acl": charge_web_acl,
}

"""Charges of keys, secrets and certificates, and of web ACLs by their rules."""

from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource, resource_cost


def managed(name: str, vendor: str = "AWS") -> Json:
    return {
        "name": name,
        "statement": {"managed_rule_group_statement": {"name": name, "vendor_name": vendor}},
    }


@pytest.mark.parametrize("type_", ["aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key"])
def test_a_key_costs_a_dollar(type_: str) -> None:
    assert monthly(resource(type_)) == cents("1.00")


def test_a_secret_costs_forty_cents() -> None:
    assert monthly(resource("aws_secretsmanager_secret")) == cents("0.40")


def test_each_replica_of_a_secret_is_a_secret_of_its_region() -> None:
    secret = resource(
        "aws_secretsmanager_secret", replica=[{"region": "eu-central-1"}, {"region": "us-east-1"}]
    )
    assert [(part.region, part.monthly) for part in resource_cost(secret).components] == [
        (region, cents("0.40")) for region in ("eu-west-1", "eu-central-1", "us-east-1")
    ]
    assert monthly(resource("aws_secretsmanager_secret", replica="${var.replicas}")) is None


def test_a_public_certificate_is_free_and_a_private_one_is_not() -> None:
    assert estimate([resource("aws_acm_certificate")]).resources == ()
    private = resource("aws_acm_certificate", certificate_authority_arn="${aws_acmpca.main.arn}")
    assert monthly(private) is None


def test_a_web_acl_costs_itself_and_each_rule() -> None:
    rules: Json = [{"name": "rate"}, managed("AWSManagedRulesCommonRuleSet")]
    assert monthly(resource("aws_wafv2_web_acl", rule=rules)) == cents("5.00", "2.00")
    assert monthly(resource("aws_wafv2_web_acl")) == cents("5.00")
    assert monthly(resource("aws_wafv2_web_acl", rule={"name": "one"})) == cents("5.00", "1.00")


@pytest.mark.parametrize(
    "rule", [managed("AWSManagedRulesBotControlRuleSet"), managed("F5-OWASP", "F5"), managed("x", "${var.v}")]
)
def test_rule_groups_with_a_separate_fee_are_unpriced(rule: Json) -> None:
    acl = resource("aws_wafv2_web_acl", rule=[rule])
    assert monthly(acl) is None
    assert quantities(acl)["waf/rule"] == 1


def test_an_unknown_number_of_rules_is_unknown() -> None:
    assert quantities(resource("aws_wafv2_web_acl", rule="${var.rules}")) == {
        "waf/web-acl": Decimal(1),
        "waf/rule": None,
    }

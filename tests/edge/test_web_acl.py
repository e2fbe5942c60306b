from typing import Any

import pytest

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.web_acl import WebAcl, WebAclConfig
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    WebAcl(
        stack,
        "firewall",
        config=WebAclConfig(requests_per_five_minutes=500, log_retention_days=90),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.fixture(scope="module")
def rules(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in synthesized.one("aws_wafv2_web_acl")["rule"]}


def test_each_ip_address_has_a_rate_limit(rules: dict[str, dict[str, Any]]) -> None:
    rule = rules["rate-limit"]
    assert rule["statement"] == {
        "rate_based_statement": {"aggregate_key_type": "IP", "evaluation_window_sec": 300, "limit": 500}
    }
    assert rule["action"] == {"block": {"custom_response": {"response_code": 429}}}
    assert rule["priority"] == min(other["priority"] for other in rules.values())


@pytest.mark.parametrize(
    "group",
    [
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesSQLiRuleSet",
    ],
)
def test_known_attacks_are_blocked(rules: dict[str, dict[str, Any]], group: str) -> None:
    managed = rules[group]["statement"]["managed_rule_group_statement"]
    assert (managed["vendor_name"], managed["name"]) == ("AWS", group)
    assert rules[group]["override_action"] == {"none": {}}


def test_rules_that_match_legitimate_clients_only_count(rules: dict[str, dict[str, Any]]) -> None:
    def count_only_rules(group: str) -> set[str]:
        overrides = rules[group]["statement"]["managed_rule_group_statement"]["rule_action_override"]
        assert all(override["action_to_use"] == {"count": {}} for override in overrides)
        return {override["name"] for override in overrides}

    assert count_only_rules("AWSManagedRulesCommonRuleSet") == {"SizeRestrictions_BODY"}
    assert count_only_rules("AWSManagedRulesAnonymousIpList") == {"AnonymousIPList", "HostingProviderIPList"}


def test_rule_priorities_are_unique(rules: dict[str, dict[str, Any]]) -> None:
    assert len({rule["priority"] for rule in rules.values()}) == len(rules)


def test_all_resources_are_in_the_cloudfront_region(synthesized: Synthesized) -> None:
    assert synthesized.one("aws_wafv2_web_acl")["scope"] == "CLOUDFRONT"
    for kind in (
        "aws_wafv2_web_acl",
        "aws_wafv2_web_acl_logging_configuration",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_resource_policy",
        "aws_kms_key",
    ):
        assert synthesized.one(kind)["provider"] == "aws.us-east-1"


def test_a_stack_in_the_cloudfront_region_needs_no_second_provider() -> None:
    there = synthesize(build, config=STACK.model_copy(update={"region": "us-east-1"}))
    assert "provider" not in there.one("aws_wafv2_web_acl")
    assert len(there.json["provider"]["aws"]) == 1


def test_requests_are_logged_encrypted_and_without_credentials(synthesized: Synthesized) -> None:
    group = synthesized.one("aws_cloudwatch_log_group")
    assert group["name"] == "aws-waf-logs-test-firewall"
    assert group["retention_in_days"] == 90
    assert group["kms_key_id"].startswith("${aws_kms_key.firewall_key_")
    logging = synthesized.one("aws_wafv2_web_acl_logging_configuration")
    assert {field["single_header"]["name"] for field in logging["redacted_fields"]} == {
        "authorization",
        "cookie",
    }
    assert "logging_filter" not in logging


def test_the_logs_service_of_the_region_may_use_the_key(synthesized: Synthesized) -> None:
    statement = statements(synthesized.one("aws_kms_key")["policy"])["LogsEncrypt"]
    assert statement["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:*"}
    }


def test_only_this_account_may_deliver_logs(synthesized: Synthesized) -> None:
    policy = synthesized.one("aws_cloudwatch_log_resource_policy")
    statement = statements(policy["policy_document"])["DeliverLogs"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert statement["Resource"][0].endswith(".arn}:*")


def test_a_rate_limit_below_the_waf_minimum_is_rejected() -> None:
    with pytest.raises(ConfigError, match="requests_per_five_minutes"):
        WebAclConfig(requests_per_five_minutes=5)


def test_many_blocked_requests_raise_an_alarm() -> None:
    web_acls: list[WebAcl] = []

    def build_alarm(stack: Stack) -> None:
        web_acls.append(WebAcl(stack, "firewall", config=WebAclConfig(blocked_requests=50)))

    synthesize(build_alarm)
    (alarm,) = web_acls[0].alarms
    assert (alarm.metric, alarm.comparison, alarm.threshold) == ("BlockedRequests", Comparison.ABOVE, 50)
    assert alarm.region == "us-east-1"

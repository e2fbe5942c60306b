import re
from typing import Any

import pytest

from constructs_arq.core.alarm import Comparison
from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.edge.web_acl import WebAcl
from constructs_arq.edge.web_acl_config import ManagedGroup, RuleException, RuleMode, WebAclConfig
from constructs_arq.edge.web_acl_rules import INCLUDED_CAPACITY, make_rules
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    WebAcl(
        stack,
        "firewall",
        config=WebAclConfig(
            requests_per_five_minutes=500, api_requests_per_five_minutes=50, log_retention_days=90
        ),
        api_paths=("/api/*", "/graphql"),
    )


def rules_of(config: WebAclConfig) -> dict[str, dict[str, Any]]:
    """Return the rules of a web ACL in order of their priority, by name."""
    acl = synthesize(lambda stack: WebAcl(stack, "firewall", config=config)).one("aws_wafv2_web_acl")
    return {rule["name"]: rule for rule in sorted(acl["rule"], key=lambda rule: rule["priority"])}


HTML_IN_ARTICLES = RuleException(
    rule="CrossSiteScripting_BODY", path="/api/articles/", why="The editor sends HTML"
)
HTML_IN_MAIL = RuleException(rule="CrossSiteScripting_BODY", path="/api/mail.v2/", why="Mail is HTML")


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


def test_the_api_has_a_lower_limit_at_its_paths_only(rules: dict[str, dict[str, Any]]) -> None:
    """Files of a page would otherwise use up the limit of an office that shares an address."""
    statement = rules["api-rate-limit"]["statement"]["rate_based_statement"]
    assert statement["limit"] == 50
    scope = statement["scope_down_statement"]["regex_match_statement"]
    assert scope["field_to_match"] == {"uri_path": {}}
    for path in ("/api/orders", "/api/", "/graphql"):
        assert re.search(scope["regex_string"], path)
    for path in ("/assets/api/index.js", "/graphql/schema", "/apis", "/"):
        assert not re.search(scope["regex_string"], path)


def test_a_site_without_an_api_has_one_limit() -> None:
    assert "api-rate-limit" not in rules_of(WebAclConfig())


def test_rate_limits_count_first_if_configured() -> None:
    acl = synthesize(
        lambda stack: WebAcl(
            stack, "firewall", config=WebAclConfig(rate_limit_mode=RuleMode.COUNT), api_paths=("/api/*",)
        )
    ).one("aws_wafv2_web_acl")
    assert [rule["action"] for rule in acl["rule"][:2]] == [{"count": {}}, {"count": {}}]


def test_each_group_has_its_own_mode() -> None:
    modes = {ManagedGroup.COMMON: RuleMode.COUNT, ManagedGroup.SQL_INJECTION: RuleMode.BLOCK}
    rules = rules_of(WebAclConfig(group_modes=modes))
    counting = {name for name, rule in rules.items() if rule.get("override_action") == {"count": {}}}
    assert counting == {ManagedGroup.COMMON.value}


class TestExceptions:
    def test_an_excepted_rule_blocks_elsewhere(self) -> None:
        rules = rules_of(WebAclConfig(exceptions=(HTML_IN_ARTICLES, HTML_IN_MAIL)))
        overrides = rules[ManagedGroup.COMMON.value]["statement"]["managed_rule_group_statement"]
        assert {"name": "CrossSiteScripting_BODY", "action_to_use": {"count": {}}} in overrides[
            "rule_action_override"
        ]
        rule = rules["CrossSiteScripting_BODY-elsewhere"]
        assert rule["action"] == {"block": {"custom_response": {"response_code": 403}}}
        label, elsewhere = rule["statement"]["and_statement"]["statement"]
        assert label["label_match_statement"] == {
            "scope": "LABEL",
            "key": "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
        }
        paths = elsewhere["not_statement"]["statement"]["regex_match_statement"]
        assert re.search(paths["regex_string"], "/api/articles/1")
        assert re.search(paths["regex_string"], "/api/mail.v2/1")
        assert not re.search(paths["regex_string"], "/api/mailXv2/1")
        assert not re.search(paths["regex_string"], "/x/api/articles/1")
        # `/api/articles/../users` must not pass as an article.
        assert {each["type"] for each in paths["text_transformation"]} == {"URL_DECODE", "NORMALIZE_PATH"}

    def test_exceptions_come_after_the_group_that_labels(self) -> None:
        names = list(rules_of(WebAclConfig(exceptions=(HTML_IN_ARTICLES,))))
        assert names.index(ManagedGroup.COMMON.value) < names.index("CrossSiteScripting_BODY-elsewhere")

    def test_an_exception_of_a_counting_group_blocks_nothing(self) -> None:
        config = WebAclConfig(
            group_modes={ManagedGroup.COMMON: RuleMode.COUNT}, exceptions=(HTML_IN_ARTICLES,)
        )
        assert rules_of(config)["CrossSiteScripting_BODY-elsewhere"]["action"] == {"count": {}}

    @pytest.mark.parametrize(
        ("rule", "label"),
        [
            ("UserAgent_BadBots_HEADER", "core-rule-set:BadBots_Header"),
            ("SizeRestrictions_Cookie_HEADER", "core-rule-set:SizeRestrictions_Cookie_Header"),
            ("EC2MetaDataSSRF_QUERYARGUMENTS", "core-rule-set:EC2MetaDataSSRF_QueryArguments"),
            ("GenericLFI_URIPATH", "core-rule-set:GenericLFI_URIPath"),
            ("SizeRestrictions_QUERYSTRING", "core-rule-set:SizeRestrictions_QueryString"),
            ("SQLiExtendedPatterns_BODY", "sql-database:SQLiExtendedPatterns_Body"),
        ],
    )
    def test_labels_are_those_that_aws_documents(self, rule: str, label: str) -> None:
        assert RuleException(rule=rule, path="/x", why="x").label == f"awswaf:managed:aws:{label}"

    @pytest.mark.parametrize("rule", ["Log4JRCE_HEADER", "crosssitescripting_body", ""])
    def test_only_rules_on_content_have_exceptions(self, rule: str) -> None:
        with pytest.raises(ConfigError, match="must be a rule of the common or the SQL injection group"):
            RuleException(rule=rule, path="/x", why="x")

    def test_a_rule_that_only_counts_has_no_exceptions(self) -> None:
        with pytest.raises(ConfigError, match="is a rule that only counts on every path"):
            RuleException(rule="SizeRestrictions_BODY", path="/api/upload/", why="Files are large")

    @pytest.mark.parametrize("values", [{"path": "x"}, {"path": "/"}, {"path": "/a*"}, {"why": ""}])
    def test_exceptions_need_a_path_and_a_reason(self, values: dict[str, str]) -> None:
        with pytest.raises(ConfigError):
            RuleException(**{"rule": "SQLi_BODY", "path": "/x", "why": "x", **values})


def test_the_price_includes_the_capacity_of_the_rules() -> None:
    config = WebAclConfig(exceptions=(HTML_IN_ARTICLES, HTML_IN_MAIL))
    assert sum(rule.capacity for rule in make_rules(config, ("/api/*",))) == 1226 < INCLUDED_CAPACITY


def test_rules_above_the_included_capacity_are_rejected() -> None:
    rules = [f"{name}_{part}" for name in ("GenericLFI", "GenericRFI") for part in ("BODY", "URIPATH")]
    rules += [f"CrossSiteScripting_{part}" for part in ("BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS")]
    rules += [f"EC2MetaDataSSRF_{part}" for part in ("BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS")]
    rules += ["SQLi_BODY", "SQLi_COOKIE"]
    exceptions = tuple(RuleException(rule=rule, path="/x", why="x") for rule in rules)
    with pytest.raises(ConstructError, match="take 1513 capacity units, and the price includes 1500"):
        rules_of(WebAclConfig(exceptions=exceptions))


def test_paths_beyond_the_limit_of_waf_are_rejected() -> None:
    exceptions = tuple(RuleException(rule="SQLi_BODY", path=f"/{letter * 190}", why="x") for letter in "abc")
    with pytest.raises(ConstructError, match="paths of the rule SQLi_BODY-elsewhere take more than 512"):
        rules_of(WebAclConfig(exceptions=exceptions))


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
    assert logging["redacted_fields"] == [
        {"single_header": {"name": "authorization"}},
        {"single_header": {"name": "cookie"}},
        {"query_string": {}},
    ]


def test_only_requests_that_match_a_rule_are_logged(synthesized: Synthesized) -> None:
    logging = synthesized.one("aws_wafv2_web_acl_logging_configuration")["logging_filter"]
    assert logging["default_behavior"] == "DROP"
    (kept,) = logging["filter"]
    assert (kept["behavior"], kept["requirement"]) == ("KEEP", "MEETS_ANY")
    actions = {each["action_condition"]["action"] for each in kept["condition"]}
    assert {"BLOCK", "COUNT", "EXCLUDED_AS_COUNT"} <= actions
    assert "ALLOW" not in actions


def test_a_query_shows_the_rules_that_matched(synthesized: Synthesized) -> None:
    query = synthesized.one("aws_cloudwatch_query_definition")
    assert query["name"] == "test-firewall/matched-rules"
    assert query["log_group_names"] == [synthesized.one("aws_cloudwatch_log_group")["name"]]
    assert query["provider"] == "aws.us-east-1"
    parsed = re.search(r"parse @message /(.*)/\n", query["query_string"])
    assert parsed
    pattern = re.compile(parsed[1].replace("(?<", "(?P<"))
    # A line of the documented format: the label of the rule that matched.
    line = '{"action":"ALLOW","labels":[{"name":"awswaf:managed:aws:core-rule-set:NoUserAgent_Header"}]}'
    found = pattern.search(line)
    assert found
    assert found["label"] == "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"


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

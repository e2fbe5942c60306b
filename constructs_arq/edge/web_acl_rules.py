"""The rules of a web ACL, in order of evaluation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleActionBlockCustomResponse,
    Wafv2WebAclRuleActionCount,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionCount,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
)

from constructs_arq.edge.web_acl_config import COUNT_ONLY_RULES, ManagedGroup, RuleMode, WebAclConfig

Statement = Mapping[str, object]
"""A statement as Terraform arguments: the bindings type it as `any`."""

INCLUDED_CAPACITY = 1500
"""Web ACL capacity units (WCU) that the price of a web ACL includes."""

_RATE_WINDOW_SECONDS = 300
_TOO_MANY_REQUESTS, _FORBIDDEN = 429, 403
# Clients can write the same path in several ways.
_PATH_TRANSFORMATIONS = [{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "NORMALIZE_PATH"}]
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_GROUP_CAPACITY = {
    ManagedGroup.IP_REPUTATION: 25,
    ManagedGroup.ANONYMOUS_IP: 50,
    ManagedGroup.KNOWN_BAD_INPUTS: 200,
    ManagedGroup.COMMON: 700,
    ManagedGroup.SQL_INJECTION: 200,
}
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-match.html
_RATE_CAPACITY, _LABEL_CAPACITY, _REGEX_CAPACITY, _TRANSFORMATION_CAPACITY = 2, 1, 3, 10
_PATH_CAPACITY = _REGEX_CAPACITY + _TRANSFORMATION_CAPACITY * len(_PATH_TRANSFORMATIONS)


@dataclass(frozen=True, kw_only=True)
class AclRule:
    """A rule without its priority. `path_regex` is the regular expression of its paths, if it has some."""

    name: str
    statement: Statement
    capacity: int
    path_regex: str = ""
    action: Wafv2WebAclRuleAction | None = None
    override_action: Wafv2WebAclRuleOverrideAction | None = None

    def render(self, priority: int) -> Wafv2WebAclRule:
        """Return the rule for a web ACL."""
        return Wafv2WebAclRule(
            name=self.name,
            priority=priority,
            statement=self.statement,
            action=self.action,
            override_action=self.override_action,
            visibility_config=Wafv2WebAclRuleVisibilityConfig(
                metric_name=self.name, cloudwatch_metrics_enabled=True, sampled_requests_enabled=True
            ),
        )


def make_rules(config: WebAclConfig, api_paths: Sequence[str]) -> list[AclRule]:
    """Return the rules of a web ACL. `api_paths` are CloudFront path patterns.

    A managed rule with exceptions only counts and adds its label. A rule after the groups then blocks
    requests with that label outside of the excepted paths.
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-group-settings.html
    """
    return [*_rate_rules(config, api_paths), *_group_rules(config), *_exception_rules(config)]


def _rate_rules(config: WebAclConfig, api_paths: Sequence[str]) -> Iterator[AclRule]:
    action = _action(config.rate_limit_mode, _TOO_MANY_REQUESTS)
    yield AclRule(
        name="rate-limit",
        statement={"rate_based_statement": _rate(config.requests_per_five_minutes)},
        capacity=_RATE_CAPACITY,
        action=action,
    )
    if api_paths:
        regex = _any_of(f"{_pattern_regex(path)}$" for path in api_paths)
        scope = {"scope_down_statement": _path_statement(regex)}
        yield AclRule(
            name="api-rate-limit",
            statement={"rate_based_statement": {**_rate(config.api_requests_per_five_minutes), **scope}},
            capacity=_RATE_CAPACITY + _PATH_CAPACITY,
            path_regex=regex,
            action=action,
        )


def _group_rules(config: WebAclConfig) -> Iterator[AclRule]:
    for group in ManagedGroup:
        excepted = {each.rule for each in config.exceptions if each.group is group}
        counted = dict.fromkeys((*COUNT_ONLY_RULES.get(group, ()), *sorted(excepted)))
        overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
        managed = {"name": group.value, "vendor_name": "AWS"}
        yield AclRule(
            name=group.value,
            statement={
                "managed_rule_group_statement": {
                    **managed,
                    **({"rule_action_override": overrides} if overrides else {}),
                }
            },
            capacity=_GROUP_CAPACITY[group],
            override_action=_override_action(config.mode_of(group)),
        )


def _exception_rules(config: WebAclConfig) -> Iterator[AclRule]:
    for rule in dict.fromkeys(each.rule for each in config.exceptions):
        exceptions = [each for each in config.exceptions if each.rule == rule]
        first = exceptions[0]
        regex = _any_of(re.escape(each.path) for each in exceptions)
        labelled = {"label_match_statement": {"scope": "LABEL", "key": first.label}}
        elsewhere = {"not_statement": {"statement": _path_statement(regex)}}
        yield AclRule(
            name=f"{rule}-elsewhere",
            statement={"and_statement": {"statement": [labelled, elsewhere]}},
            capacity=_LABEL_CAPACITY + _PATH_CAPACITY,
            path_regex=regex,
            action=_action(config.mode_of(first.group), _FORBIDDEN),
        )


def _rate(limit: int) -> Statement:
    return {"aggregate_key_type": "IP", "evaluation_window_sec": _RATE_WINDOW_SECONDS, "limit": limit}


def _any_of(regexes: Iterator[str]) -> str:
    return f"^({'|'.join(regexes)})"


def _path_statement(regex: str) -> Statement:
    return {
        "regex_match_statement": {
            "regex_string": regex,
            "field_to_match": {"uri_path": {}},
            "text_transformation": _PATH_TRANSFORMATIONS,
        }
    }


def _pattern_regex(pattern: str) -> str:
    """Return the regular expression of a CloudFront path pattern."""
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _action(mode: RuleMode, status: int) -> Wafv2WebAclRuleAction:
    if mode is RuleMode.COUNT:
        return Wafv2WebAclRuleAction(count=Wafv2WebAclRuleActionCount())
    response = Wafv2WebAclRuleActionBlockCustomResponse(response_code=status)
    return Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock(custom_response=response))


def _override_action(mode: RuleMode) -> Wafv2WebAclRuleOverrideAction:
    if mode is RuleMode.COUNT:
        return Wafv2WebAclRuleOverrideAction(count=Wafv2WebAclRuleOverrideActionCount())
    return Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone())

"""The AWS WAF web ACL of a distribution."""

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleActionBlockCustomResponse,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.core.alarm import REACTION_SECONDS, Alarm, Severity
from constructs_arq.core.config import Config
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup, RetentionDays

_RATE_WINDOW_SECONDS = 300
_TOO_MANY_REQUESTS = 429
# AWS managed rule groups in order of evaluation: the cheapest first.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_IP_REPUTATION = "AWSManagedRulesAmazonIpReputationList"
_ANONYMOUS_IP = "AWSManagedRulesAnonymousIpList"
_KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
_COMMON = "AWSManagedRulesCommonRuleSet"
_SQL_INJECTION = "AWSManagedRulesSQLiRuleSet"
_GROUPS = (_IP_REPUTATION, _ANONYMOUS_IP, _KNOWN_BAD_INPUTS, _COMMON, _SQL_INJECTION)
# These rules only count, because legitimate clients match them: VPN users, services in a cloud, bodies above
# 8 KiB. Counts and labels show attacks that use them.
_COUNT_ONLY_RULES = {
    _ANONYMOUS_IP: ("AnonymousIPList", "HostingProviderIPList"),
    _COMMON: ("SizeRestrictions_BODY",),
}
# Log readers could impersonate the client with these headers.
_REDACTED_HEADERS = ("authorization", "cookie")


class WebAclConfig(Config):
    """Settings of a web ACL that an environment can vary."""

    requests_per_five_minutes: int = Field(
        default=2000,
        ge=10,
        le=2_000_000_000,
        description="Requests allowed from one IP address; more are blocked.",
    )
    log_retention_days: RetentionDays = Field(
        default=365, description="Retention of the request log, in days."
    )
    blocked_requests: int = Field(
        default=1000, ge=1, description="Alarm threshold for blocked requests within five minutes."
    )


class WebAcl(Construct):
    """A web ACL for CloudFront with a rate limit for each IP address and AWS managed rule groups.

    WAF logs every request without credentials to an encrypted log group.
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
    """

    def __init__(self, scope: Construct, id: str, *, config: WebAclConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._provider = stack.provider_in(CLOUDFRONT_REGION)
        name = stack.physical_name(logical_name(self))
        acl = Wafv2WebAcl(
            self,
            "Default",
            name=name,
            scope="CLOUDFRONT",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[
                _make_rate_rule(config.requests_per_five_minutes),
                *(_make_group_rule(group, priority) for priority, group in enumerate(_GROUPS, start=1)),
            ],
            visibility_config=Wafv2WebAclVisibilityConfig(
                metric_name=name, cloudwatch_metrics_enabled=True, sampled_requests_enabled=True
            ),
            provider=self._provider,
        )
        self.arn: str = acl.arn
        self._add_logging(name, config.log_retention_days)
        self.alarms = (
            Alarm(
                name="blocked-requests",
                summary="The firewall refuses many requests: an attack, or a rule that catches real users",
                severity=Severity.WARNING,
                namespace="AWS/WAFV2",
                metric="BlockedRequests",
                dimensions={"WebACL": acl.name, "Rule": "ALL"},
                statistic="Sum",
                threshold=config.blocked_requests,
                period_seconds=REACTION_SECONDS,
                evaluations=1,
                region=CLOUDFRONT_REGION,
            ),
        )

    def _add_logging(self, name: str, retention_days: RetentionDays) -> None:
        stack = Stack.of(self)
        key = Key(self, "key", description=f"Encrypts the log of {name}", region=CLOUDFRONT_REGION)
        # WAF requires this prefix.
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        group = LogGroup(
            self,
            "log",
            name=f"aws-waf-logs-{name}",
            key=key,
            retention_days=retention_days,
            region=CLOUDFRONT_REGION,
        )
        delivery = CloudwatchLogResourcePolicy(
            self,
            "log-delivery",
            policy_name=f"aws-waf-logs-{name}",
            policy_document=policy_document(
                Statement(
                    sid="DeliverLogs",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[f"{group.arn}:*"],
                    principals={"Service": "delivery.logs.amazonaws.com"},
                    conditions={
                        "StringEquals": {"aws:SourceAccount": stack.account_id},
                        "ArnLike": {"aws:SourceArn": stack.arn("logs", "*", region=CLOUDFRONT_REGION)},
                    },
                )
            ),
            provider=self._provider,
        )
        Wafv2WebAclLoggingConfiguration(
            self,
            "logging",
            resource_arn=self.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(
                    single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=header)
                )
                for header in _REDACTED_HEADERS
            ],
            depends_on=[delivery],
            provider=self._provider,
        )


def _make_rate_rule(limit: int) -> Wafv2WebAclRule:
    # The bindings type statements as `any`: the keys are Terraform argument names.
    statement = {
        "rate_based_statement": {
            "aggregate_key_type": "IP",
            "evaluation_window_sec": _RATE_WINDOW_SECONDS,
            "limit": limit,
        }
    }
    block = Wafv2WebAclRuleActionBlock(
        custom_response=Wafv2WebAclRuleActionBlockCustomResponse(response_code=_TOO_MANY_REQUESTS)
    )
    return Wafv2WebAclRule(
        name="rate-limit",
        priority=0,
        statement=statement,
        action=Wafv2WebAclRuleAction(block=block),
        visibility_config=_visibility("rate-limit"),
    )


def _make_group_rule(group: str, priority: int) -> Wafv2WebAclRule:
    counted = [{"name": rule, "action_to_use": {"count": {}}} for rule in _COUNT_ONLY_RULES.get(group, ())]
    managed = {"name": group, "vendor_name": "AWS", **({"rule_action_override": counted} if counted else {})}
    return Wafv2WebAclRule(
        name=group,
        priority=priority,
        statement={"managed_rule_group_statement": managed},
        override_action=Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone()),
        visibility_config=_visibility(group),
    )


def _visibility(name: str) -> Wafv2WebAclRuleVisibilityConfig:
    return Wafv2WebAclRuleVisibilityConfig(
        metric_name=name, cloudwatch_metrics_enabled=True, sampled_requests_enabled=True
    )

"""The AWS WAF web ACL of a distribution."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclVisibilityConfig,
)
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.lifecycle import replaced_first
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.edge.web_acl_config import WebAclConfig
from constructs_arq.edge.web_acl_log import WebAclLog
from constructs_arq.edge.web_acl_rules import INCLUDED_CAPACITY, AclRule, make_rules

# https://docs.aws.amazon.com/waf/latest/APIReference/API_RegexMatchStatement.html
_REGEX_LENGTH = 512


class WebAcl(Construct):
    """A web ACL for CloudFront with rate limits for each IP address and AWS managed rule groups.

    A lower limit applies at `api_paths`. WAF logs requests that match a rule, without credentials, to an
    encrypted log group.
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html

    Raises:
        ConstructError: if the rules take more capacity than the price includes, or the paths are too long.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: WebAclConfig, api_paths: Sequence[str] = ()
    ) -> None:
        super().__init__(scope, id)
        name = Stack.of(self).physical_name(logical_name(self))
        rules = make_rules(config, api_paths)
        self._require_supported(rules)
        acl = Wafv2WebAcl(
            self,
            "Default",
            name=name,
            scope="CLOUDFRONT",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[rule.render(priority) for priority, rule in enumerate(rules)],
            visibility_config=Wafv2WebAclVisibilityConfig(
                metric_name=name, cloudwatch_metrics_enabled=True, sampled_requests_enabled=True
            ),
            lifecycle=replaced_first(),
            provider=Stack.of(self).provider_in(CLOUDFRONT_REGION),
        )
        self.arn: str = acl.arn
        WebAclLog(self, name=name, web_acl_arn=self.arn, retention_days=config.log_retention_days)
        self.alarms = (
            Alarm(
                name="blocked-requests",
                runbook="blocked-requests",
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

    def _require_supported(self, rules: Sequence[AclRule]) -> None:
        capacity = sum(rule.capacity for rule in rules)
        if capacity > INCLUDED_CAPACITY:
            raise ConstructError(
                self.node.path,
                f"the rules take {capacity} capacity units, and the price includes {INCLUDED_CAPACITY}",
                fix="Combine exceptions of several rules, or remove some.",
            )
        too_long = [rule.name for rule in rules if len(rule.path_regex) > _REGEX_LENGTH]
        if too_long:
            raise ConstructError(
                self.node.path,
                f"the paths of the rule {too_long[0]} take more than {_REGEX_LENGTH} characters",
                fix="Use fewer paths, or patterns that several paths match.",
            )

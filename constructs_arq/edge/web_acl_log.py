"""The log of a web ACL, and the query that finds legitimate requests in it."""

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.cloudwatch_query_definition import CloudwatchQueryDefinition
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationLoggingFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsQueryString,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct

from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack
from constructs_arq.edge.region import CLOUDFRONT_REGION
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup, RetentionDays

# Log readers could impersonate the client with these headers. Query strings contain tokens and search terms.
_REDACTED_HEADERS = ("authorization", "cookie")
# Requests that match no rule are in the access log of the distribution already.
_LOGGED_ACTIONS = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT", "CAPTCHA", "CHALLENGE")
# The label of a managed rule names the rule that matched, in each mode.
_QUERY = r"""parse @message /"name":"(?<label>awswaf:managed:aws:[^"]+)"/
| filter ispresent(label)
| stats count(*) as requests, count_distinct(httpRequest.clientIp) as clients
  by label, httpRequest.uri, action
| sort requests desc
| limit 200"""


class WebAclLog:
    """The encrypted log of a web ACL in us-east-1, created as children of `scope`.

    It contains the requests that a rule blocked or counted. WAF requires the prefix of its name.
    https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    """

    def __init__(
        self, scope: Construct, *, name: str, web_acl_arn: str, retention_days: RetentionDays
    ) -> None:
        provider = Stack.of(scope).provider_in(CLOUDFRONT_REGION)
        key = Key(scope, "key", description=f"Encrypts the log of {name}", region=CLOUDFRONT_REGION)
        group = LogGroup(
            scope,
            "log",
            name=f"aws-waf-logs-{name}",
            key=key,
            retention_days=retention_days,
            region=CLOUDFRONT_REGION,
        )
        delivery = _allow_delivery(scope, name, group.arn)
        Wafv2WebAclLoggingConfiguration(
            scope,
            "logging",
            resource_arn=web_acl_arn,
            log_destination_configs=[group.arn],
            logging_filter=_logging_filter(),
            redacted_fields=_redacted_fields(),
            depends_on=[delivery],
            provider=provider,
        )
        CloudwatchQueryDefinition(
            scope,
            "matched-rules",
            name=f"{name}/matched-rules",
            query_string=_QUERY,
            log_group_names=[group.name],
            provider=provider,
        )


def _allow_delivery(scope: Construct, name: str, group_arn: str) -> CloudwatchLogResourcePolicy:
    stack = Stack.of(scope)
    return CloudwatchLogResourcePolicy(
        scope,
        "log-delivery",
        policy_name=f"aws-waf-logs-{name}",
        policy_document=policy_document(
            Statement(
                sid="DeliverLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[f"{group_arn}:*"],
                principals={"Service": "delivery.logs.amazonaws.com"},
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account_id},
                    "ArnLike": {"aws:SourceArn": stack.arn("logs", "*", region=CLOUDFRONT_REGION)},
                },
            )
        ),
        provider=stack.provider_in(CLOUDFRONT_REGION),
    )


def _logging_filter() -> Wafv2WebAclLoggingConfigurationLoggingFilter:
    conditions = [
        Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition(
            action_condition=Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition(
                action=action
            )
        )
        for action in _LOGGED_ACTIONS
    ]
    kept = Wafv2WebAclLoggingConfigurationLoggingFilterFilter(
        behavior="KEEP", requirement="MEETS_ANY", condition=conditions
    )
    return Wafv2WebAclLoggingConfigurationLoggingFilter(default_behavior="DROP", filter=[kept])


def _redacted_fields() -> list[Wafv2WebAclLoggingConfigurationRedactedFields]:
    headers = [
        Wafv2WebAclLoggingConfigurationRedactedFields(
            single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=header)
        )
        for header in _REDACTED_HEADERS
    ]
    query = Wafv2WebAclLoggingConfigurationRedactedFieldsQueryString()
    return [*headers, Wafv2WebAclLoggingConfigurationRedactedFields(query_string=query)]

"""The subscription of the function to a log group."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_log_subscription_filter import CloudwatchLogSubscriptionFilter
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.platform.log_group_redaction import LogSource
from constructs_arq.storage.log_group import LogGroup

_SERVICE: Final = "logs.amazonaws.com"


class LogSubscription(Construct):
    """Calls `function` with all events of a log group. The name of the filter is the kind of log.

    CloudWatch repeats a call for 24 hours while Lambda is not available or has no capacity. After an access
    error it does not repeat.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """

    def __init__(
        self, scope: Construct, id: str, *, group: LogGroup, source: LogSource, function: LambdaFunction
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        group.add_subscription(source)
        permission = LambdaPermission(
            self,
            "permission",
            statement_id=logical_name(group),
            action="lambda:InvokeFunction",
            function_name=function.function_name,
            principal=_SERVICE,
            # The streams of the group call the function.
            source_arn=f"{group.arn}:*",
            source_account=stack.account_id,
        )
        subscription = CloudwatchLogSubscriptionFilter(
            self,
            "Default",
            name=source,
            log_group_name=group.resource.name,
            filter_pattern="",
            destination_arn=function.arn,
            # CloudWatch calls the function for a test, and refuses a subscription that it can't call.
            depends_on=[permission],
        )
        self.alarms: tuple[Alarm, ...] = tuple(
            Alarm(
                name=name,
                runbook="log-subscription",
                summary=f"CloudWatch {problem} for events of {group.name}: they are missing in Loki",
                severity=Severity.WARNING,
                namespace="AWS/Logs",
                metric=metric,
                dimensions={
                    "LogGroupName": subscription.log_group_name,
                    "DestinationType": "Lambda",
                    "FilterName": subscription.name,
                },
                statistic="Sum",
                threshold=0,
                evaluations=evaluations,
            )
            for name, metric, problem, evaluations in (
                ("delivery-errors", "DeliveryErrors", "can't call the log forwarder", 1),
                # CloudWatch repeats these calls.
                (
                    "delivery-throttling",
                    "DeliveryThrottling",
                    "may not call the log forwarder often enough",
                    5,
                ),
            )
        )

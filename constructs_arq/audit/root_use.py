"""The alarm on each use of the root user."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from constructs_arq.audit.metrics import METRICS_NAMESPACE
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.storage.log_group import LogGroup

# Services act as root too, for example when AWS Support reads. The pattern is that of CIS.
# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-1
_PATTERN: Final = (
    '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
    '$.eventType != "AwsServiceEvent" }'
)


class RootUse(Construct):
    """Pages for each call of the root user in the `log` of a trail, in any region.

    Nobody needs the root user in operation, and no policy of the account limits it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """

    def __init__(self, scope: Construct, id: str, *, log: LogGroup) -> None:
        super().__init__(scope, id)
        metric = Stack.of(self).physical_name(logical_name(self))
        CloudwatchLogMetricFilter(
            self,
            "Default",
            name=metric,
            log_group_name=log.resource.name,
            pattern=_PATTERN,
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                namespace=METRICS_NAMESPACE, name=metric, value="1", default_value="0", unit="Count"
            ),
        )
        self.alarms: tuple[Alarm, ...] = (
            Alarm(
                name="calls",
                runbook="root-used",
                summary="Somebody uses the root user of the account",
                severity=Severity.CRITICAL,
                namespace=METRICS_NAMESPACE,
                metric=metric,
                dimensions={},
                statistic="Sum",
                threshold=0,
                evaluations=1,
                counts_events=True,
            ),
        )

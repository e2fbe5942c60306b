"""The alarm on each use of the root user."""

from typing import Final

from constructs import Construct

from constructs_arq.audit.metrics import alarm_on_events, count_events
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
        count_events(self, "Default", name=metric, log=log, pattern=_PATTERN, metric=metric)
        self.alarms: tuple[Alarm, ...] = (
            alarm_on_events(
                "calls",
                metric=metric,
                runbook="root-used",
                summary="Somebody uses the root user of the account",
                severity=Severity.CRITICAL,
            ),
        )

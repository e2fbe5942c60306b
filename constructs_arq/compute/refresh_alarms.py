"""Alarms about instance refreshes that failed or were rolled back."""

import json
from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.storage.log_group import LogGroup

_RETENTION_DAYS: Final = 365
_EVENT = "EC2 Auto Scaling Instance Refresh"
# https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-autoscaling.html
_ROLLED_BACK = ("Cancelled", "Rollback Started", "Rollback Succeeded")
_FAILED = ("Failed", "Rollback Failed")


class RefreshAlarms(Construct):
    """Alarms on the events of a fleet's instance refreshes. A log group keeps the events.

    The alarms count the events that EventBridge writes to the log group. EventBridge itself can't notify the
    topics: their policies require the account of the sender, which its requests don't contain.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """

    def __init__(self, scope: Construct, id: str, *, group_name: str, key: EncryptionKey) -> None:
        super().__init__(scope, id)
        self._group_name = group_name
        self._log = LogGroup(
            self, "log", name=f"/aws/events/{group_name}", key=key, retention_days=_RETENTION_DAYS
        )
        self._policy = CloudwatchLogResourcePolicy(
            self,
            "policy",
            policy_name=f"{group_name}-events",
            policy_document=policy_document(
                Statement(
                    sid="WriteEvents",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[f"{self._log.arn}:*"],
                    principals={"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
                )
            ),
        )
        self.alarms: Sequence[Alarm] = (
            self._make_alarm(
                "rolled-back",
                _ROLLED_BACK,
                summary=f"{group_name} is back at its previous configuration: its instance refresh failed",
                severity=Severity.WARNING,
            ),
            self._make_alarm(
                "failed",
                _FAILED,
                summary=f"Instances of {group_name} have different configurations: its refresh stopped",
                severity=Severity.CRITICAL,
            ),
        )

    def _make_alarm(self, id: str, endings: Sequence[str], *, summary: str, severity: Severity) -> Alarm:
        rule = CloudwatchEventRule(
            self,
            id,
            name=f"{self._group_name}-refresh-{id}",
            description=f"Instance refreshes of {self._group_name}: {', '.join(endings)}",
            event_pattern=json.dumps(
                {
                    "source": ["aws.autoscaling"],
                    "detail-type": [f"{_EVENT} {ending}" for ending in endings],
                    "detail": {"AutoScalingGroupName": [self._group_name]},
                }
            ),
        )
        CloudwatchEventTarget(
            self, f"{id}-target", rule=rule.name, arn=self._log.arn, depends_on=[self._policy]
        )
        return Alarm(
            name=id,
            runbook="instance-refresh",
            summary=summary,
            severity=severity,
            namespace="AWS/Events",
            metric="Invocations",
            dimensions={"RuleName": rule.name},
            statistic="Sum",
            threshold=0,
            evaluations=1,
        )

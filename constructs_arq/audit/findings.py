"""Alarms on findings of high severity, from all regions."""

import json
from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from constructs import Construct

from constructs_arq.audit.metrics import alarm_on_events, count_events
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.log_group import LogGroup

# Each event has one finding. New ones only: a person sets the status NOTIFIED or SUPPRESSED.
# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-integration-types.html
_PATTERN: Final = {
    "source": ["aws.securityhub"],
    "detail-type": ["Security Hub Findings - Imported"],
    "detail": {
        "findings": {
            "RecordState": ["ACTIVE"],
            "Severity": {"Label": ["HIGH", "CRITICAL"]},
            "Workflow": {"Status": ["NEW"]},
        }
    },
}
_PRODUCT: Final = "$.detail.findings[0].ProductName"
_LOG_DAYS: Final = 365
_DAY_SECONDS: Final = 86_400
_RETRIES: Final = 185


class Findings(Construct):
    """Findings of Security Hub in each of `regions`, in a log group and in alarms of the stack's region.

    A threat of GuardDuty pages: something happens now. All others open a ticket: a vulnerability or a wrong
    setting waits for working hours. EventBridge can't send to the topics of alarms, because its requests do
    not contain the account. So it writes to the log group, whose metric filters feed the alarms. `key`
    encrypts the group. `permissions_boundary` is the ARN of the boundary of the role that forwards.
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cloudwatch-events.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: Key,
        regions: Sequence[str],
        permissions_boundary: str,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._name = stack.physical_name(logical_name(self))
        log = LogGroup(self, "log", name=f"/aws/events/{self._name}", key=key, retention_days=_LOG_DAYS)
        self._let_events_write(log)
        rule = self._select(stack.region, target=log.arn, role=None)
        others = [region for region in regions if region != stack.region]
        forwards = self._forward(others, permissions_boundary) if others else {}
        threats = self._count(log, "threats", f'{{ {_PRODUCT} = "GuardDuty" }}')
        weaknesses = self._count(log, "weaknesses", f'{{ {_PRODUCT} != "GuardDuty" }}')
        self.alarms: tuple[Alarm, ...] = (
            alarm_on_events(
                "threats",
                metric=threats,
                runbook="threat-found",
                summary="GuardDuty found a threat of high severity in the account",
                severity=Severity.CRITICAL,
            ),
            alarm_on_events(
                "weaknesses",
                metric=weaknesses,
                runbook="weakness-found",
                summary="Security Hub has a new finding of high severity: a vulnerability or a wrong setting",
                severity=Severity.WARNING,
            ),
            _not_delivered("not-delivered", rule, stack.region),
            *(_not_delivered(f"not-delivered-{region}", each, region) for region, each in forwards.items()),
        )

    def _let_events_write(self, log: LogGroup) -> None:
        """Allow the rule to write.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
        """
        writers = {"Service": ["delivery.logs.amazonaws.com", "events.amazonaws.com"]}
        rule = Stack.of(self).arn("events", f"rule/{self._name}")
        CloudwatchLogResourcePolicy(
            self,
            "log-policy",
            policy_name=self._name,
            policy_document=policy_document(
                # The condition is not in the request that creates a stream.
                Statement(
                    sid="EventsCreateStreams",
                    actions=["logs:CreateLogStream"],
                    resources=[f"{log.arn}:*"],
                    principals=writers,
                ),
                Statement(
                    sid="EventsWrite",
                    actions=["logs:PutLogEvents"],
                    resources=[f"{log.arn}:*"],
                    principals=writers,
                    conditions={"ArnEquals": {"aws:SourceArn": rule}},
                ),
            ),
        )

    def _select(self, region: str, *, target: str, role: Role | None) -> CloudwatchEventRule:
        provider = Stack.of(self).provider_in(region)
        rule = CloudwatchEventRule(
            self,
            region,
            name=self._name,
            description="New findings of high severity",
            event_pattern=json.dumps(_PATTERN),
            provider=provider,
        )
        CloudwatchEventTarget(
            self,
            f"{region}-target",
            rule=rule.name,
            arn=target,
            role_arn=None if role is None else role.arn,
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=_DAY_SECONDS, maximum_retry_attempts=_RETRIES
            ),
            provider=provider,
        )
        return rule

    def _forward(self, regions: Sequence[str], permissions_boundary: str) -> dict[str, CloudwatchEventRule]:
        """Send the findings of other regions to the bus of the stack's region, whose rule selects them.

        Return the rule of each region.
        """
        stack = Stack.of(self)
        bus = stack.arn("events", "event-bus/default")
        role = Role(
            self,
            "role",
            description=f"EventBridge forwards findings of {stack.environment} to {stack.region}",
            trust=Trust.service(
                "events.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}},
            ),
            role_name=f"{self._name}-forward",
            permissions_boundary=permissions_boundary,
        )
        role.allow("events:PutEvents", on=bus, policy_name="forward-findings")
        return {region: self._select(region, target=bus, role=role) for region in regions}

    def _count(self, log: LogGroup, id: str, pattern: str) -> str:
        metric = f"{self._name}-{id}"
        count_events(self, id, name=metric, log=log, pattern=pattern, metric=metric)
        return metric


def _not_delivered(name: str, rule: CloudwatchEventRule, region: str) -> Alarm:
    return Alarm(
        name=name,
        runbook="findings-not-delivered",
        summary=f"EventBridge can't deliver a finding of high severity of {region}: no alarm reports it",
        severity=Severity.WARNING,
        namespace="AWS/Events",
        metric="FailedInvocations",
        dimensions={"RuleName": rule.name},
        statistic="Sum",
        threshold=0,
        evaluations=1,
        region=region,
    )

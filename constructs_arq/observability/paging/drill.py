"""A drill of the pager: a real page through the whole chain, once a month, with the time that it takes."""

from typing import Final

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
)
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineTracingConfiguration
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.core.values import slugify
from constructs_arq.observability.paging.drill_states import DRILL_METRIC, NAMESPACE, drill_definition
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

_ALARM: Final = "page"
# https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
_TRACING: Final = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


class Drill(Construct):
    """A state machine that pages by a real alarm and fails if the page takes longer than five minutes.

    The drill alarm is like each other critical alarm, so the pager sends it to PagerDuty. The machine runs on
    the first Tuesday of a month in working hours, and by hand with `arqctl drill alert`. `trigger_rule` is
    the name of the pager's rule, and `key` encrypts the schedule. An execution that fails has an alarm.
    """

    def __init__(self, scope: Construct, id: str, *, trigger_rule: str, key: Key) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        role = self._make_role("role", "states.amazonaws.com", "measures the drill")
        alarm_name = stack.physical_name(f"{slugify(logical_name(self))}-{_ALARM}")
        role.allow(
            "cloudwatch:DescribeAlarms",
            on=stack.arn("cloudwatch", f"alarm:{alarm_name}"),
            policy_name="read-alarm",
        )
        role.allow("cloudwatch:GetMetricStatistics", on="*", policy_name="read-metrics")
        in_namespace: Conditions = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        role.allow("cloudwatch:PutMetricData", on="*", policy_name="write-metrics", conditions=in_namespace)
        role.allow(*_TRACING, on="*", policy_name="write-traces")
        machine = SfnStateMachine(
            self,
            "Default",
            name=name,
            role_arn=role.arn,
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            definition=drill_definition(
                environment=stack.environment,
                alarm_name=alarm_name,
                rule_name=trigger_rule,
            ),
        )
        starter = self._make_role("starter", "scheduler.amazonaws.com", "starts the drill")
        starter.allow("states:StartExecution", on=machine.arn, policy_name="start-drill")
        key.grant_decrypt(starter)
        SchedulerSchedule(
            self,
            "schedule",
            name=name,
            description=f"Monthly drill of the pager of {stack.environment}",
            schedule_expression="cron(0 9 ? * TUE#1 *)",
            kms_key_arn=key.arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(arn=machine.arn, role_arn=starter.arn),
        )
        self.alarms: tuple[Alarm, ...] = (
            Alarm(
                name=_ALARM,
                runbook="pager-drill",
                summary=f"This is a drill of the pager of {stack.environment}: nothing is broken",
                severity=Severity.CRITICAL,
                namespace=NAMESPACE,
                metric=DRILL_METRIC,
                dimensions={"Environment": stack.environment},
                statistic="Sum",
                threshold=0,
                evaluations=3,
            ),
            Alarm(
                name="failed",
                runbook="pager-drill-failed",
                summary="The drill of the pager failed: a page may take longer than five minutes",
                severity=Severity.WARNING,
                namespace="AWS/States",
                metric="ExecutionsFailed",
                dimensions={"StateMachineArn": machine.arn},
                statistic="Sum",
                threshold=0,
                evaluations=1,
            ),
        )

    def _make_role(self, id: str, service: str, purpose: str) -> Role:
        stack = Stack.of(self)
        return Role(
            self,
            id,
            description=f"{id} that {purpose} of the pager of {stack.environment}",
            trust=Trust.service(
                service, conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}}
            ),
        )

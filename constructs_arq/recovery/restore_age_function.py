"""The function that measures how old the last valid restore is, and its alarm."""

from pathlib import Path
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from constructs_arq.core.alarm import Alarm, MissingData, Severity
from constructs_arq.core.code_archive import make_archive
from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.recovery_function import RecoveryFunction, make_function_role
from constructs_arq.recovery.restore_age import restore_age
from constructs_arq.recovery.restore_plan import RestorePlan
from constructs_arq.recovery.restore_states import NAMESPACE, VALIDATED_METRIC
from constructs_arq.security.key import Key

_CODE: Final = Path(restore_age.__file__)
_MOST_DAYS: Final = 32
_SECONDS: Final = 60
# Four datapoints a day: the alarm has one in each period, also if a run is late.
_INTERVAL_HOURS: Final = 6
_DAY_SECONDS: Final = 86_400


class RestoreAge(Construct):
    """Publishes the days since the last valid restore, with an alarm after 32 days.

    Before the first valid restore, it publishes the age of the plan. An alarm alone can't look back so far.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, plan: RestorePlan, key: Key) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        role = make_function_role(
            self, "role", name=name, purpose="measures the age of the last valid restore", key=key
        )
        role.allow(
            "backup:GetRestoreTestingPlan",
            on=stack.arn("backup", f"restore-testing-plan:{plan.name}-*"),
            policy_name="read-plan",
        )
        role.allow("cloudwatch:GetMetricStatistics", on="*", policy_name="read-metrics")
        in_namespace: Conditions = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        role.allow("cloudwatch:PutMetricData", on="*", policy_name="write-metrics", conditions=in_namespace)
        function = RecoveryFunction(
            self,
            "function",
            name=name,
            description="Measures the days since the last valid restore",
            archive=make_archive("restore-age", {_CODE.name: _CODE.read_bytes()}),
            handler="restore_age.measure",
            seconds=_SECONDS,
            variables={
                "ENVIRONMENT": stack.environment,
                "NAMESPACE": NAMESPACE,
                "PLAN_NAME": plan.name,
                "REGION": stack.region,
                "VALIDATED_METRIC": VALIDATED_METRIC,
            },
            key=key,
            role=role,
        )
        rule = CloudwatchEventRule(
            self,
            "schedule",
            name=name,
            description="Measures the days since the last valid restore",
            schedule_expression=f"rate({_INTERVAL_HOURS} hours)",
        )
        permission = LambdaPermission(
            self,
            "permission",
            function_name=function.function_name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            source_account=stack.account_id,
        )
        CloudwatchEventTarget(
            self, "target", rule=rule.name, target_id="function", arn=function.arn, depends_on=[permission]
        )
        self.alarms: tuple[Alarm, ...] = (
            Alarm(
                name="no-valid-restore",
                runbook="restore-overdue",
                summary=f"No restore of a backup was valid for {_MOST_DAYS} days, or nobody measures it",
                severity=Severity.WARNING,
                namespace=NAMESPACE,
                metric=restore_age.AGE_METRIC,
                dimensions={"Environment": stack.environment},
                statistic="Maximum",
                threshold=_MOST_DAYS,
                period_seconds=_DAY_SECONDS,
                evaluations=1,
                missing_data=MissingData.MISSING,
                published_every_seconds=_DAY_SECONDS,
            ),
        )

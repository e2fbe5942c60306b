"""The state machine that validates restores, and the events that start it."""

import json

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineTracingConfiguration
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.dump_store import DumpStore
from constructs_arq.recovery.restore_plan import RestorePlan
from constructs_arq.recovery.restore_states import (
    NAMESPACE,
    RestoreValidation,
    restore_validation_definition,
)
from constructs_arq.recovery.restore_validator import SECONDS, RestoreValidator
from constructs_arq.security.role import Role, Trust


class RestoreMachine(Construct):
    """Starts for each restore job of the plan that ends, and reports the result everywhere.

    EventBridge delivers events of AWS Backup with best effort. A lost event shows as a restore that is
    overdue: AWS Backup waits eight hours for a result, and then calls the validation timed out.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        plan: RestorePlan,
        validator: RestoreValidator,
        dumps: DumpStore,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        machine = SfnStateMachine(
            self,
            "Default",
            name=name,
            role_arn=self._make_role(validator, dumps).arn,
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            definition=restore_validation_definition(
                RestoreValidation(
                    environment=stack.environment,
                    function_arn=validator.arn,
                    seconds=SECONDS,
                    bucket=dumps.bucket_name,
                )
            ),
        )
        starter = _make_service_role(self, "starter", "events.amazonaws.com", "starts the validation")
        starter.allow("states:StartExecution", on=machine.arn, policy_name="start-validation")
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=name,
            description="Restore jobs of tests that ended",
            event_pattern=json.dumps(
                {
                    "source": ["aws.backup"],
                    "detail-type": ["Restore Job State Change"],
                    "detail": {
                        "status": ["COMPLETED", "FAILED", "ABORTED"],
                        "restoreTestingPlanArn": [plan.arn],
                    },
                }
            ),
        )
        CloudwatchEventTarget(
            self, "target", rule=rule.name, target_id="machine", arn=machine.arn, role_arn=starter.arn
        )
        self.alarms: tuple[Alarm, ...] = tuple(
            Alarm(
                name=alarm_name,
                runbook="restore-not-valid",
                summary=summary,
                severity=Severity.WARNING,
                namespace="AWS/States",
                metric=metric,
                dimensions={"StateMachineArn": machine.arn},
                statistic="Sum",
                threshold=0,
                evaluations=1,
            )
            for alarm_name, metric, summary in (
                ("not-valid", "ExecutionsFailed", "A restored database is not valid, or has no result"),
                (
                    "timed-out",
                    "ExecutionsTimedOut",
                    "The validation of a restore takes more than four hours",
                ),
            )
        )

    def _make_role(self, validator: RestoreValidator, dumps: DumpStore) -> Role:
        role = _make_service_role(self, "role", "states.amazonaws.com", "validates restores")
        role.allow("lambda:InvokeFunction", on=validator.arn, policy_name="call-validator")
        # A restore job has no ARN.
        role.allow("backup:PutRestoreValidationResult", on="*", policy_name="report-result")
        in_namespace: Conditions = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        role.allow("cloudwatch:PutMetricData", on="*", policy_name="write-metrics", conditions=in_namespace)
        dumps.grant_write_records(role)
        # https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
        role.allow(
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
            on="*",
            policy_name="write-traces",
        )
        return role


def _make_service_role(scope: Construct, id: str, service: str, purpose: str) -> Role:
    stack = Stack.of(scope)
    return Role(
        scope,
        id,
        description=f"{id} that {purpose} of {stack.environment}",
        trust=Trust.service(service, conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}}),
    )

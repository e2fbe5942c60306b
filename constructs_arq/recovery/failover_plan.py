"""The plan of a failover to a standby: a state machine in the standby's region, which people approve."""

from typing import Final

from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine, SfnStateMachineTracingConfiguration
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.cross_region_replica import CrossRegionReplica
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.observability.topic import Topic
from constructs_arq.recovery.failover_states import Failover, failover_definition
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust

# https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
_TRACING: Final = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


class FailoverPlan(Construct):
    """A state machine that promotes a replica after an approval, and then asks for the switch of requests.

    It calls RDS, SNS and Step Functions in the stack's region only, so it works without the lost one. Its
    role is global, and an existing role works without the control plane of IAM. It asks `approvers`, who get
    a token by mail. `store` is the name of the key value store of a `RegionSwitch`, and `store_arn` its ARN,
    if it is known. An administrator or the engineer on call starts an execution. Deployments can't.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: CrossRegionReplica,
        store: str,
        store_arn: str | None,
        approvers: Subscribers,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.name: str = stack.physical_name(logical_name(self))
        topic = Topic(
            self,
            "approvals",
            name=f"{self.name}-approvals",
            key=Key(self, "key", description=f"Encrypts the questions of {self.name}"),
            subscribers=approvers,
            region=stack.region,
        )
        role = Role(
            self,
            "role",
            description=f"Promotes {database.identifier}",
            trust=Trust.service(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}}
            ),
        )
        topic.grant_publish(role)
        instance = stack.arn("rds", f"db:{database.identifier}")
        role.allow("rds:DescribeDBInstances", on=stack.arn("rds", "db:*"), policy_name="read-replica")
        role.allow("rds:PromoteReadReplica", on=instance, policy_name="promote-replica")
        role.allow(*_TRACING, on="*", policy_name="write-traces")
        machine = SfnStateMachine(
            self,
            "Default",
            name=self.name,
            role_arn=role.arn,
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            definition=failover_definition(
                Failover(
                    environment=stack.environment,
                    region=stack.region,
                    instance=database.identifier,
                    topic_arn=topic.arn,
                    store=store,
                    store_arn=store_arn,
                    backup_days=database.backup_days,
                    backup_window=database.backup_window,
                )
            ),
        )
        self.arn: str = machine.arn
        self.alarms: tuple[Alarm, ...] = tuple(
            Alarm(
                name=alarm_name,
                runbook="failover-stopped",
                summary=f"The failover to {stack.region} {what}",
                severity=Severity.CRITICAL,
                namespace="AWS/States",
                metric=metric,
                dimensions={"StateMachineArn": machine.arn},
                statistic="Sum",
                threshold=0,
                evaluations=1,
                # A failover that stopped has not ended a minute later.
                counts_events=True,
            )
            for alarm_name, metric, what in (
                ("stopped", "ExecutionsFailed", "stopped before its end"),
                ("timed-out", "ExecutionsTimedOut", "has not ended within a day"),
                ("aborted", "ExecutionsAborted", "was stopped by a person"),
            )
        )

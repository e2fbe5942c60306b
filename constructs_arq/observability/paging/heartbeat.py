"""A heartbeat through SNS to a receiver outside AWS, which reports when it stops."""

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust


class Heartbeat(Construct):
    """A message each minute, so that the loss of SNS, of EventBridge or of the account is noticed.

    No alarm inside AWS can report that. The receiver is a service such as healthchecks.io, which calls when a
    message is late. Its URL is a secret, because everybody who knows it can send the message. So Terraform
    has no subscription: `arqctl paging set-heartbeat` makes it.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
    """

    def __init__(self, scope: Construct, id: str, *, key: Key) -> None:
        """Create the topic and the schedule, which `key` encrypts."""
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        topic = SnsTopic(self, "Default", name=name, kms_master_key_id=key.arn)
        role = Role(
            self,
            "role",
            description=f"EventBridge Scheduler sends the heartbeat of {stack.environment}",
            trust=Trust.service(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account_id}},
            ),
        )
        role.allow("sns:Publish", on=topic.arn, policy_name="send-heartbeat")
        key.grant_encrypt_decrypt(role)
        SchedulerSchedule(
            self,
            "schedule",
            name=name,
            description=f"Heartbeat of {stack.environment}",
            schedule_expression="rate(1 minute)",
            kms_key_arn=key.arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=topic.arn,
                role_arn=role.arn,
                input=f"Heartbeat of {stack.environment}",
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    # The next heartbeat replaces a late one, and an old one would hide a loss.
                    maximum_event_age_in_seconds=60,
                    maximum_retry_attempts=5,
                ),
            ),
        )

"""The queue of events that the function could not send."""

from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.protocols import EncryptionKey, Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.data.queue import require_tls
from constructs_arq.data.queue_config import DAY_SECONDS

_RETENTION_DAYS: Final = 14
# An event of Lambda can be as large as a message of SQS.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_MESSAGE_BYTES: Final = 1024 * 1024


class DeadLetters(Construct):
    """A queue that keeps events for 14 days, encrypted: their lines are not redacted."""

    def __init__(self, scope: Construct, id: str, *, name: str, key: EncryptionKey) -> None:
        super().__init__(scope, id)
        queue = SqsQueue(
            self,
            "Default",
            name=name,
            kms_master_key_id=key.arn,
            message_retention_seconds=_RETENTION_DAYS * DAY_SECONDS,
            max_message_size=_MESSAGE_BYTES,
            lifecycle=Stack.of(self).protection,
        )
        require_tls(self, "policy", queue)
        self._key = key
        self.arn: str = queue.arn
        self.resource: ITerraformDependable = queue
        self.alarms: tuple[Alarm, ...] = (
            Alarm(
                name="messages",
                runbook="log-forwarder-dead-letters",
                summary=f"Log events are in {name}: they are missing in Loki, but not in CloudWatch",
                severity=Severity.WARNING,
                namespace="AWS/SQS",
                metric="ApproximateNumberOfMessagesVisible",
                # A Terraform reference connects the alarm to the queue.
                dimensions={"QueueName": queue.name},
                threshold=0,
                statistic="Maximum",
            ),
        )

    def grant_send(self, grantee: Grantee) -> None:
        """Allow `grantee` to send messages."""
        grantee.allow("sqs:SendMessage", on=self.arn, policy_name="send-dead-letters")
        self._key.grant_encrypt_decrypt(grantee)

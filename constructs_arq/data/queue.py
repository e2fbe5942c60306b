"""A queue on SQS with a dead-letter queue."""

import json
from typing import Final

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.data.queue_alarms import queue_alarms
from constructs_arq.data.queue_config import DAY_SECONDS, QueueConfig
from constructs_arq.data.validation import require_name_length
from constructs_arq.security.key import Key

# The longest name is that of the dead-letter queue.
_NAME_LENGTH: Final = 80
# The longest that SQS supports: consumers wait for messages instead of asking again and again.
_LONG_POLL_SECONDS: Final = 20


class Queue(Construct):
    """An encrypted standard queue. A message that consumers don't delete goes to a dead-letter queue.

    SQS delivers a message at least once and in any order, so a consumer must accept a message twice. Requests
    without TLS are denied. A deleted queue's name is free again after a minute.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html

    Raises:
        ConstructError: if the name is too long.
    """

    def __init__(self, scope: Construct, id: str, *, config: QueueConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.config: QueueConfig = config
        self.longest_poll_seconds: int = _LONG_POLL_SECONDS
        self.logical_name: str = logical_name(self)
        self.name: str = stack.physical_name(self.logical_name)
        dead_letters_name = f"{self.name}-dead"
        require_name_length(self, dead_letters_name, limit=_NAME_LENGTH)
        self._key = Key(self, "key", description=f"Encrypts queue {self.name}")
        dead_letters = SqsQueue(
            self,
            "dead-letters",
            name=dead_letters_name,
            kms_master_key_id=self._key.arn,
            message_retention_seconds=config.dead_letter_days * DAY_SECONDS,
            # A reference to the queue would be a cycle.
            redrive_allow_policy=json.dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [stack.arn("sqs", self.name)]}
            ),
            lifecycle=stack.protection,
        )
        queue = SqsQueue(
            self,
            "Default",
            name=self.name,
            kms_master_key_id=self._key.arn,
            visibility_timeout_seconds=config.visibility_seconds,
            message_retention_seconds=config.retention_days * DAY_SECONDS,
            receive_wait_time_seconds=_LONG_POLL_SECONDS,
            redrive_policy=json.dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": config.max_receives}
            ),
            lifecycle=stack.protection,
        )
        self.url: str = queue.url
        self.arn: str = queue.arn
        require_tls(self, "policy", queue)
        require_tls(self, "dead-letters-policy", dead_letters)
        self.alarms: tuple[Alarm, ...] = queue_alarms(
            name=self.name,
            # Terraform references connect the alarms to the queues.
            name_ref=queue.name,
            dead_letters_ref=dead_letters.name,
            late_after_seconds=config.late_after_seconds,
        )

    def grant_send(self, grantee: Grantee) -> None:
        """Allow `grantee` to send messages."""
        grantee.allow("sqs:SendMessage", on=self.arn, policy_name=f"send-{self.logical_name}")
        self._key.grant_encrypt_decrypt(grantee)

    def grant_consume(self, grantee: Grantee) -> None:
        """Allow `grantee` to receive and delete messages, and to change when others receive them."""
        grantee.allow(
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:ReceiveMessage",
            on=self.arn,
            policy_name=f"consume-{self.logical_name}",
        )
        self._key.grant_decrypt(grantee)

    def grant_measure(self, grantee: Grantee) -> None:
        """Allow `grantee` to read the number of messages, but no message."""
        grantee.allow("sqs:GetQueueAttributes", on=self.arn, policy_name=f"measure-{self.logical_name}")


def require_tls(scope: Construct, id: str, queue: SqsQueue) -> None:
    """Deny requests to `queue` without TLS."""
    SqsQueuePolicy(
        scope,
        id,
        queue_url=queue.url,
        policy=policy_document(
            Statement(
                sid="OnlyTls",
                effect="Deny",
                actions=["sqs:*"],
                resources=[queue.arn],
                principals={"AWS": "*"},
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        ),
    )

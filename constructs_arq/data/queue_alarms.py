"""CloudWatch alarms of queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from constructs_arq.core.alarm import Alarm, Severity

_NAMESPACE = "AWS/SQS"


def queue_alarms(
    *, name: str, name_ref: str, dead_letters_ref: str, late_after_seconds: int
) -> tuple[Alarm, ...]:
    """Return the alarms of a queue and its dead-letter queue.

    `name` is literal text; the others are the names of the queues as Terraform references. A queue without
    messages and requests has no metrics after some hours, so missing data is no alarm.
    """
    return (
        Alarm(
            name="age",
            runbook="queue-age",
            summary=f"The oldest message in {name} waits for more than {late_after_seconds} seconds: its "
            "consumers have stopped, or are too few",
            severity=Severity.CRITICAL,
            namespace=_NAMESPACE,
            metric="ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": name_ref},
            threshold=late_after_seconds,
            statistic="Maximum",
            evaluations=3,
        ),
        Alarm(
            name="dead-letters",
            runbook="queue-dead-letters",
            summary=f"Consumers of {name} failed to process messages; fix the cause, then redrive them",
            severity=Severity.WARNING,
            namespace=_NAMESPACE,
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": dead_letters_ref},
            threshold=0,
            statistic="Maximum",
        ),
    )

"""Alarms of the replication of a bucket."""

from typing import Final

from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity

RULE_ID: Final = "everything"
"""The id of the rule of a `Replication`."""


class ReplicationAlarms(Construct):
    """An alarm on objects that are not copied, in any stack of the source bucket's account and region.

    S3 publishes the number of failed copies in the region of the source bucket. It publishes the delay in the
    region of the copy only, where an alarm needs topics of its own.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """

    def __init__(self, scope: Construct, id: str, *, source_bucket: str, copy_bucket: str) -> None:
        super().__init__(scope, id)
        self.alarms = (failed_copies(source_bucket=source_bucket, copy_bucket=copy_bucket),)


def failed_copies(*, source_bucket: str, copy_bucket: str) -> Alarm:
    """Return the alarm on a single object that is not copied."""
    return Alarm(
        name="failed-copies",
        runbook="replication-failed-copies",
        summary=f"Objects of {source_bucket} are not copied to {copy_bucket}",
        severity=Severity.WARNING,
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions={"SourceBucket": source_bucket, "DestinationBucket": copy_bucket, "RuleId": RULE_ID},
        statistic="Sum",
        threshold=0,
        evaluations=1,
    )

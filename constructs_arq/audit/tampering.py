"""The alarm on calls that stop or weaken the audit of the account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from constructs import Construct

from constructs_arq.audit.metrics import alarm_on_events, count_events
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.storage.log_group import LogGroup

# Calls that nothing but a change of the account stack makes. CIS names those of CloudTrail and Config.
_CALLS: Final[Mapping[str, Sequence[str]]] = {
    "access-analyzer": ("DeleteAnalyzer",),
    "backup": (
        "DeleteBackupVault",
        "DeleteBackupVaultAccessPolicy",
        "DeleteBackupVaultLockConfiguration",
        "DeleteRecoveryPoint",
        "PutBackupVaultLockConfiguration",
    ),
    "cloudtrail": (
        "CreateTrail",
        "DeleteTrail",
        "PutEventSelectors",
        "StartLogging",
        "StopLogging",
        "UpdateTrail",
    ),
    "config": (
        "DeleteConfigurationRecorder",
        "DeleteDeliveryChannel",
        "PutConfigurationRecorder",
        "PutDeliveryChannel",
        "StopConfigurationRecorder",
    ),
    "guardduty": ("DeleteDetector", "UpdateDetector"),
    "inspector2": ("Disable",),
    "securityhub": ("BatchDisableStandards", "DisableSecurityHub"),
}
# A pattern has up to 1024 characters, and a call up to 100 names.
_ALARM_INDEXES: Final = range(5)


class Tampering(Construct):
    """Pages for each call in the `log` of a trail that stops or weakens the audit, or unlocks backups.

    Other environments and deployments use CloudWatch, EventBridge, S3 and SNS too. Their calls count if they
    are about the audit: resources whose names begin with the environment and `audit`. `regions` are those
    with topics. Refused calls count, because somebody tried. CloudTrail delivers a call within minutes, so
    an intruder who first deletes the log group or these filters is not seen here. A pattern reads elements
    of a list by index only: a call with several alarms counts if one of its first five is of the audit.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
    """

    def __init__(self, scope: Construct, id: str, *, log: LogGroup, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
        metric = Stack.of(self).physical_name(logical_name(self))
        for name, pattern in (*_of_services(), *_of_resources(Stack.of(self), regions)):
            count_events(self, name, name=f"{metric}-{name}", log=log, pattern=pattern, metric=metric)
        self.alarms: tuple[Alarm, ...] = (
            alarm_on_events(
                "calls",
                metric=metric,
                runbook="audit-changed",
                summary="Somebody stops or changes what records and checks the account, or unlocks backups",
                severity=Severity.CRITICAL,
            ),
        )


def _of_services() -> Iterator[tuple[str, str]]:
    for service, calls in _CALLS.items():
        yield service, _pattern(service, calls)


def _of_resources(stack: Stack, regions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the patterns for resources of the audit in services that others use too."""
    own = stack.physical_name("audit-*")
    topics = [stack.arn("sns", own, region=region) for region in regions]
    yield (
        "alarms",
        _pattern(
            "monitoring",
            ("DeleteAlarms", "DisableAlarmActions", "PutMetricAlarm"),
            {"alarmName": [own], **{f"alarmNames[{index}]": [own] for index in _ALARM_INDEXES}},
        ),
    )
    yield "buckets", _pattern("s3", ("DeleteBucketPolicy", "PutBucketPolicy"), {"bucketName": [own]})
    yield (
        "log-groups",
        _pattern(
            "logs",
            ("DeleteLogGroup", "DeleteMetricFilter", "PutMetricFilter"),
            {"logGroupName": [f"/aws/cloudtrail/{own}", f"/aws/events/{own}"]},
        ),
    )
    yield (
        "log-policies",
        _pattern("logs", ("DeleteResourcePolicy", "PutResourcePolicy"), {"policyName": [own]}),
    )
    yield (
        "rules",
        _pattern(
            "events",
            ("DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets"),
            {"name": [own], "rule": [own]},
        ),
    )
    yield (
        "topics",
        _pattern(
            "sns",
            ("DeleteTopic", "SetTopicAttributes", "Unsubscribe"),
            {"subscriptionArn": topics, "topicArn": topics},
        ),
    )


def _pattern(
    service: str, calls: Sequence[str], parameters: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Return the pattern for calls of a service, of which one parameter has one of its values."""
    conditions = [f'$.eventSource = "{service}.amazonaws.com"', _any("eventName", calls)]
    if parameters:
        each = (_any(f"requestParameters.{name}", values) for name, values in parameters.items())
        conditions.append(f"({' || '.join(each)})")
    return f"{{ {' && '.join(conditions)} }}"


def _any(field: str, values: Sequence[str]) -> str:
    alternatives = " || ".join(f'$.{field} = "{value}"' for value in values)
    return f"({alternatives})"

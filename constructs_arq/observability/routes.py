"""Notification routes of alarms by severity."""

from typing import Final

from constructs import Construct
from pydantic import Field

from constructs_arq.core.alarm import Severity
from constructs_arq.core.config import Config
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.observability.topic import Topic
from constructs_arq.security.key import Key

_PUBLISHERS: Final = {
    "alarms-encrypt": "cloudwatch.amazonaws.com",
    "backup-events-encrypt": "backup.amazonaws.com",
    "database-events-encrypt": "events.rds.amazonaws.com",
}


class AlarmRoutesConfig(Config):
    """Subscribers of an environment's alarms, by severity."""

    critical: Subscribers = Field(description="Subscribers that respond at any time.")
    warning: Subscribers = Field(description="Subscribers that respond in working hours.")


class AlarmRoutes(Construct):
    """An SNS topic with subscribers for each severity, in the stack's region and in others on demand.

    An alarm can only notify a topic in its region. CloudFront's alarms, for example, are in us-east-1.

    The end of a problem is sent only where an engineer was paged, so that the page is closed: to the HTTPS
    endpoints for critical alarms. E-mail subscribers get one message for one problem, and none when a new
    alarm gets its first data. A paging service would open a second incident for the second e-mail.
    """

    def __init__(self, scope: Construct, id: str, *, config: AlarmRoutesConfig) -> None:
        super().__init__(scope, id)
        self._config = config
        self._topics: dict[tuple[Severity, str], Topic] = {}
        self._recoveries: dict[str, Topic] = {}
        self._add_region(Stack.of(self).region)

    def topic(self, severity: Severity, region: str | None = None) -> Topic:
        """Return the topic of a severity in a region, by default the stack's. Create it on the first call.

        Raises:
            KeyError: for `INFO`, which has no topic.
        """
        topic_region = region or Stack.of(self).region
        if (severity, topic_region) not in self._topics:
            self._add_region(topic_region)
        return self._topics[severity, topic_region]

    def actions(self, severity: Severity, region: str | None = None) -> tuple[list[str], list[str]]:
        """Return the ARNs of the topics for the start and the end of a problem of this severity.

        The end is sent only if somebody was paged. For `INFO` both are empty.
        """
        if severity is Severity.INFO:
            return [], []
        topic = self.topic(severity, region)
        recovery = self._recoveries.get(topic.region) if severity is Severity.CRITICAL else None
        return [topic.arn], [] if recovery is None else [recovery.arn]

    def _add_region(self, region: str) -> None:
        stack = Stack.of(self)
        scope = Construct(self, region)
        prefix = stack.physical_name(logical_name(self))
        key = Key(scope, "key", description=f"Encrypts alarm notifications in {region}", region=region)
        for sid, service in _PUBLISHERS.items():
            # SNS calls KMS as the publisher, with the topic in the encryption context.
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            topics = stack.arn("sns", f"{prefix}-*", region=region)
            key.allow_service(
                service,
                sid=sid,
                conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
            )
        subscribers = {Severity.CRITICAL: self._config.critical, Severity.WARNING: self._config.warning}
        for severity, names in subscribers.items():
            self._topics[severity, region] = _alarm_topic(
                scope, severity, name=f"{prefix}-{severity}", key=key, subscribers=names
            )
        if self._config.critical.https:
            self._recoveries[region] = _alarm_topic(
                scope,
                "recovered",
                name=f"{prefix}-recovered",
                key=key,
                subscribers=Subscribers(https=self._config.critical.https),
            )


def _alarm_topic(scope: Construct, id: str, *, name: str, key: Key, subscribers: Subscribers) -> Topic:
    """Create a topic that accepts alarms and database events of this account."""
    topic = Topic(scope, id, name=name, key=key, subscribers=subscribers, region=key.region)
    stack = Stack.of(scope)
    alarms = stack.arn("cloudwatch", "alarm:*", region=key.region)
    topic.allow_service(
        "cloudwatch.amazonaws.com",
        sid="alarms-publish",
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account_id},
            "ArnLike": {"aws:SourceArn": alarms},
        },
    )
    topic.allow_service("events.rds.amazonaws.com", sid="database-events-publish")
    topic.allow_service("backup.amazonaws.com", sid="backup-events-publish")
    return topic

"""Which alarm goes to whom."""

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
    "database-events-encrypt": "events.rds.amazonaws.com",
}


class AlarmRoutesConfig(Config):
    """Who hears of an environment's alarms, by severity."""

    critical: Subscribers = Field(description="Who is woken.")
    warning: Subscribers = Field(description="Who reads it in working hours.")


class AlarmRoutes(Construct):
    """A topic for each severity, with its subscribers: in the stack's region, and in others when asked for.

    An alarm can only notify a topic of its own region; CloudFront's metrics, for one, are in us-east-1.
    """

    def __init__(self, scope: Construct, id: str, *, config: AlarmRoutesConfig) -> None:
        super().__init__(scope, id)
        self._config = config
        self._topics: dict[tuple[Severity, str], Topic] = {}
        self._add_region(Stack.of(self).region)

    def topic(self, severity: Severity, region: str | None = None) -> Topic:
        """The topic of a severity in a region, the stack's own unless given; made when first asked for."""
        where = region or Stack.of(self).region
        if (severity, where) not in self._topics:
            self._add_region(where)
        return self._topics[severity, where]

    def _add_region(self, region: str) -> None:
        stack = Stack.of(self)
        scope = Construct(self, region)
        prefix = stack.physical_name(logical_name(self))
        key = Key(scope, "key", purpose=f"Encrypts alarm notifications in {region}", region=region)
        for purpose, service in _PUBLISHERS.items():
            # SNS asks KMS in the publisher's name and says for which topic.
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            topics = stack.arn("sns", f"{prefix}-*", region=region)
            key.allow_service(
                service,
                purpose=purpose,
                conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
            )
        subscribers = {Severity.CRITICAL: self._config.critical, Severity.WARNING: self._config.warning}
        for severity, heard_by in subscribers.items():
            self._topics[severity, region] = Topic(
                scope, severity, name=f"{prefix}-{severity}", key=key, subscribers=heard_by, region=region
            )

"""RDS event notifications."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from constructs import Construct

from constructs_arq.core.protocols import Topic

_EVENT_CATEGORIES = (
    "availability",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "read replica",
    "recovery",
)


class DatabaseEvents(Construct):
    """A subscription that sends events of RDS instances to an SNS topic. The topic must allow RDS to publish.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, instances: Sequence[str], topic: Topic
    ) -> None:
        super().__init__(scope, id)
        DbEventSubscription(
            self,
            "Default",
            name=name,
            sns_topic=topic.arn,
            source_type="db-instance",
            source_ids=list(instances),
            event_categories=list(_EVENT_CATEGORIES),
            # RDS rejects a topic that it cannot publish to (SNSNoAuthorizationFault).
            # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html
            depends_on=[topic.policy],
        )

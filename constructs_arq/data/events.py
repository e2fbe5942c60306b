"""What happens to a database, told to those who answer for it."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from constructs import Construct

from constructs_arq.core.contracts import Topic

_CATEGORIES = (
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
    """A subscription to what RDS reports of some instances, sent to a topic that RDS may publish to.

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
            event_categories=list(_CATEGORIES),
        )

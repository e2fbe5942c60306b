"""The topic of messages about costs."""

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.observability.costs.region import BILLING_REGION
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.observability.topic import Topic
from constructs_arq.security.key import Key


class CostAlerts(Construct):
    """An encrypted topic to which AWS Budgets and Cost Anomaly Detection of this account publish.

    Both need the topic's policy and the key's. Without the key's, AWS accepts the topic and sends nothing.
    AWS documents the account and the ARN of the source as conditions of the topic for both services.
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
    """

    def __init__(self, scope: Construct, id: str, *, subscribers: Subscribers) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        key = Key(self, "key", description="Encrypts messages about costs", region=BILLING_REGION)
        topic = Topic(self, "topic", name=name, key=key, subscribers=subscribers, region=BILLING_REGION)
        own_account = {"aws:SourceAccount": stack.account_id}
        sources = {
            "budgets": stack.arn("budgets", "*", region=""),
            "costalerts": stack.arn("ce", "anomalysubscription/*", region=""),
        }
        for service, source in sources.items():
            conditions: Conditions = {
                "StringEquals": own_account,
                "ArnLike": {"aws:SourceArn": source},
            }
            principal = f"{service}.amazonaws.com"
            topic.allow_service(principal, sid=f"{service}-publish", conditions=conditions)
            key.allow_service(principal, sid=f"{service}-encrypt")
        self.topic_arn: str = topic.arn
        self.topic_policy: ITerraformDependable = topic.policy

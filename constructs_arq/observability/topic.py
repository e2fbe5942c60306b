"""SNS topics for alarms."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import EncryptionKey, Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify
from constructs_arq.observability.subscribers import Subscribers


class Topic(Construct):
    """An encrypted topic. Alarms and events of databases and backups publish to it, and grantees, over TLS.

    EventBridge is denied: its requests do not contain the account of the rule.
    https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        key: EncryptionKey,
        subscribers: Subscribers,
        region: str,
    ) -> None:
        super().__init__(scope, id)
        self.region: str = region
        stack = Stack.of(self)
        provider = stack.provider_in(region)
        topic = SnsTopic(self, "Default", name=name, kms_master_key_id=key.arn, provider=provider)
        self.name = name
        self._key = key
        self.arn: str = topic.arn
        self.policy: ITerraformDependable = SnsTopicPolicy(
            self, "policy", arn=self.arn, policy=policy_document(*self._statements(stack)), provider=provider
        )
        for email in subscribers.emails:
            SnsTopicSubscription(
                self,
                f"email-{slugify(email)}",
                topic_arn=self.arn,
                protocol="email",
                endpoint=email,
                provider=provider,
            )
        for url in subscribers.https:
            SnsTopicSubscription(
                self,
                f"https-{slugify(url)}",
                topic_arn=self.arn,
                protocol="https",
                endpoint=url,
                # Terraform waits for the confirmation: an endpoint without a response fails the deployment.
                endpoint_auto_confirms=True,
                provider=provider,
            )

    def grant_publish(self, grantee: Grantee) -> None:
        """Allow `grantee` to send messages to the subscribers."""
        grantee.allow("sns:Publish", on=self.arn, policy_name=f"publish-to-{self.name}")
        self._key.grant_encrypt_decrypt(grantee)

    def _statements(self, stack: Stack) -> list[Statement]:
        own_account = {"StringEquals": {"aws:SourceAccount": stack.account_id}}
        own_alarms = {"ArnLike": {"aws:SourceArn": stack.arn("cloudwatch", "alarm:*", region=self.region)}}
        return [
            self._publish("AlarmsPublish", "cloudwatch.amazonaws.com", {**own_account, **own_alarms}),
            self._publish("DatabaseEventsPublish", "events.rds.amazonaws.com", own_account),
            self._publish("BackupEventsPublish", "backup.amazonaws.com", own_account),
            Statement(
                sid="OnlyTls",
                effect="Deny",
                actions=["sns:Publish"],
                resources=[self.arn],
                principals={"AWS": "*"},
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            ),
        ]

    def _publish(self, sid: str, service: str, conditions: dict[str, dict[str, str]]) -> Statement:
        return Statement(
            sid=sid,
            actions=["sns:Publish"],
            resources=[self.arn],
            principals={"Service": service},
            conditions=conditions,
        )

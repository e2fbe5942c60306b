"""SNS topics for alarms."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.protocols import EncryptionKey, Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify
from constructs_arq.observability.subscribers import Subscribers


class Topic(Construct):
    """An encrypted topic that accepts messages of allowed services and of grantees, over TLS.

    EventBridge can't be allowed: its requests do not contain the account of the rule.
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
        self._statements = {"OnlyTls": self._only_tls()}
        self._policy = SnsTopicPolicy(
            self, "policy", arn=self.arn, policy=self._document(), provider=provider
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

    @property
    def policy(self) -> ITerraformDependable:
        """The topic's policy. A service that tests its access must wait for it."""
        return self._policy

    def allow_service(self, service: str, *, sid: str, conditions: Conditions | None = None) -> None:
        """Allow an AWS service to publish for this account, or under `conditions` instead.

        `sid` identifies the statement. The key must allow the service too: `Key.allow_service`.
        """
        own_account: Conditions = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account_id}}
        statement = Statement(
            sid=statement_id(sid),
            actions=["sns:Publish"],
            resources=[self.arn],
            principals={"Service": service},
            conditions=own_account if conditions is None else conditions,
        )
        self._statements[statement.sid] = statement
        self._policy.policy = self._document()

    def grant_publish(self, grantee: Grantee) -> None:
        """Allow `grantee` to send messages to the subscribers."""
        grantee.allow("sns:Publish", on=self.arn, policy_name=f"publish-to-{self.name}")
        self._key.grant_encrypt_decrypt(grantee)

    def _document(self) -> str:
        return policy_document(*self._statements.values())

    def _only_tls(self) -> Statement:
        return Statement(
            sid="OnlyTls",
            effect="Deny",
            actions=["sns:Publish"],
            resources=[self.arn],
            principals={"AWS": "*"},
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )

"""A KMS key."""

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from constructs_arq.core.contracts import Grantee
from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.stack import Stack, logical_name

_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_READ = ("kms:Decrypt", "kms:DescribeKey")


class Key(Construct):
    """A customer-managed KMS key, rotated every year, that the account's own IAM policies govern.

    A deleted key can be brought back for 30 days. `region` makes it elsewhere than the stack is, which copies
    of backups need. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """

    def __init__(self, scope: Construct, id: str, *, purpose: str, region: str | None = None) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.region = region or stack.region
        self._account_id = stack.account_id
        # Without the root principal IAM policies could not allow use of the key, and losing the last
        # principal would lose the data. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        root = Statement(
            sid="AccountGoverns",
            actions=["kms:*"],
            resources=["*"],
            principals={"AWS": stack.arn("iam", "root", region="")},
        )
        self._statements = {root.sid: root}
        provider = stack.provider_in(self.region)
        self._key = KmsKey(
            self,
            "Default",
            description=purpose,
            policy=policy_document(root),
            enable_key_rotation=True,
            deletion_window_in_days=30,
            lifecycle=stack.protection,
            provider=provider,
        )
        self.arn: str = self._key.arn
        self.name = logical_name(self)
        KmsAlias(
            self,
            "alias",
            name=f"alias/{stack.physical_name(self.name)}",
            target_key_id=self.arn,
            provider=provider,
        )

    @property
    def key_id(self) -> str:
        """The key's id: the last part of its ARN."""
        return self._key.key_id

    def allow_service(self, service: str, *, purpose: str, conditions: Conditions | None = None) -> None:
        """Let an AWS service use the key for this account's resources, or where `conditions` hold instead.

        Give conditions where the service doesn't say for whose resource it asks, or to hold it to fewer.
        `purpose` names the statement: the same purpose again replaces it.
        """
        own_account: Conditions = {"StringEquals": {"aws:SourceAccount": self._account_id}}
        self._put(
            Statement(
                sid=statement_id(purpose),
                actions=_USE,
                resources=["*"],
                principals={"Service": service},
                conditions=own_account if conditions is None else conditions,
            )
        )

    def allow_principal(self, arn: str, *, purpose: str) -> None:
        """Let a principal that IAM policies can't reach, such as a service-linked role, use the key.

        It can pass that on to AWS's own resources only, such as a volume that is attached to an instance.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
        """
        to_principal = {"AWS": arn}
        self._put(
            Statement(sid=statement_id(purpose), actions=_USE, resources=["*"], principals=to_principal)
        )
        self._put(
            Statement(
                sid=statement_id(f"{purpose} for AWS resources"),
                actions=["kms:CreateGrant"],
                resources=["*"],
                principals=to_principal,
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        )

    def grant_encrypt_decrypt(self, grantee: Grantee) -> None:
        """Let `grantee` encrypt and decrypt."""
        grantee.allow(*_USE, on=self.arn, purpose=f"use-{self.name}")

    def grant_decrypt(self, grantee: Grantee) -> None:
        """Let `grantee` decrypt."""
        grantee.allow(*_READ, on=self.arn, purpose=f"decrypt-{self.name}")

    def _put(self, statement: Statement) -> None:
        self._statements[statement.sid] = statement
        self._key.policy = policy_document(*self._statements.values())

"""KMS keys."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.data_aws_kms_alias import DataAwsKmsAlias
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from constructs_arq.core.arn import KeyArn
from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Conditions, Statement, policy_document, statement_id
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack, logical_name

_ENCRYPT_DECRYPT = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_DECRYPT = ("kms:Decrypt", "kms:DescribeKey")


class Key(Construct):
    """A customer-managed KMS key, rotated every year. The account's IAM policies control access to it.

    A deleted key can be restored for 30 days. `region` creates it in another region, for copies of backups.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """

    def __init__(self, scope: Construct, id: str, *, description: str, region: str | None = None) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.region: str = region or stack.region
        self._account_id = stack.account_id
        # Without the root principal, IAM policies could not allow use of the key, and losing the last
        # principal would mean losing the data. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
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
            description=description,
            policy=policy_document(root),
            enable_key_rotation=True,
            deletion_window_in_days=30,
            lifecycle=stack.protection,
            provider=provider,
        )
        self.arn: str = self._key.arn
        self.logical_name: str = logical_name(self)
        KmsAlias(
            self,
            "alias",
            name=f"alias/{stack.physical_name(self.logical_name)}",
            target_key_id=self.arn,
            provider=provider,
        )

    @property
    def key_id(self) -> str:
        """The key's id: the last part of its ARN."""
        return self._key.key_id

    def allow_service(self, service: str, *, sid: str, conditions: Conditions | None = None) -> None:
        """Allow an AWS service to use the key for this account's resources, or under `conditions` instead.

        Pass conditions if the service doesn't send the account of its resource, or to allow fewer resources.
        `sid` identifies the statement: a second call with the same `sid` replaces it.
        """
        own_account: Conditions = {"StringEquals": {"aws:SourceAccount": self._account_id}}
        self._set_statement(
            Statement(
                sid=statement_id(sid),
                actions=_ENCRYPT_DECRYPT,
                resources=["*"],
                principals={"Service": service},
                conditions=own_account if conditions is None else conditions,
            )
        )

    def allow_principal(self, arn: str, *, sid: str) -> None:
        """Allow a principal without editable IAM policies, such as a service-linked role, to use the key.

        The principal can create grants for AWS resources only, such as a volume attached to an instance.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
        """
        principals = {"AWS": arn}
        self._set_statement(
            Statement(sid=statement_id(sid), actions=_ENCRYPT_DECRYPT, resources=["*"], principals=principals)
        )
        self._set_statement(
            Statement(
                sid=statement_id(f"{sid} for AWS resources"),
                actions=["kms:CreateGrant"],
                resources=["*"],
                principals=principals,
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        )

    def grant_encrypt_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to encrypt and decrypt."""
        grantee.allow(*_ENCRYPT_DECRYPT, on=self.arn, policy_name=f"use-{self.logical_name}")

    def grant_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to decrypt."""
        grantee.allow(*_DECRYPT, on=self.arn, policy_name=f"decrypt-{self.logical_name}")

    def _set_statement(self, statement: Statement) -> None:
        self._statements[statement.sid] = statement
        self._key.policy = policy_document(*self._statements.values())

    @staticmethod
    def from_arn(*, arn: str, allowed_services: Collection[str] = ()) -> "ExistingKey":
        """Return an existing key. AWS is not called, and the key's own policy is not changed.

        List in `allowed_services` the AWS services that the key's policy allows, such as
        "logs.eu-west-1.amazonaws.com". Grants work if the key's policy enables IAM policies of the account.

        Raises:
            ConfigError: if the ARN is invalid.
        """
        with collect_problems("Key.from_arn"):
            given = _ExistingKeyArn(arn=arn)
        return ExistingKey(
            arn=given.arn,
            logical_name=f"key-{given.arn.rpartition('/')[2]}",
            allowed_services=frozenset(allowed_services),
        )

    @staticmethod
    def from_alias(
        scope: Construct, id: str, *, alias: str, allowed_services: Collection[str] = ()
    ) -> "ExistingKey":
        """Return the existing key of an alias, such as "alias/orders". Terraform looks it up in each plan.

        `allowed_services` is that of `from_arn`.
        """
        found = DataAwsKmsAlias(scope, id, name=alias)
        return ExistingKey(
            arn=found.target_key_arn,
            logical_name=alias.removeprefix("alias/"),
            allowed_services=frozenset(allowed_services),
        )


@dataclass(frozen=True, kw_only=True)
class ExistingKey:
    """A KMS key that another team or tool manages."""

    arn: str
    logical_name: str
    allowed_services: frozenset[str]

    def allow_service(self, service: str, *, sid: str, conditions: Conditions | None = None) -> None:
        """Require that the key's own policy allows the service: it can't be changed here.

        Raises:
            ConstructError: if the service is not in `allowed_services`.
        """
        if service not in self.allowed_services:
            condition = f", if {json.dumps(conditions)}" if conditions else ""
            raise ConstructError(
                self.arn,
                f"the policy of this existing key must allow {service} to use it ({sid}{condition})",
                fix=f'Allow it in the key policy, then give Key.from_arn(…, allowed_services=["{service}"]).',
            )

    def grant_encrypt_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to encrypt and decrypt."""
        grantee.allow(*_ENCRYPT_DECRYPT, on=self.arn, policy_name=f"use-{self.logical_name}")

    def grant_decrypt(self, grantee: Grantee) -> None:
        """Allow `grantee` to decrypt."""
        grantee.allow(*_DECRYPT, on=self.arn, policy_name=f"decrypt-{self.logical_name}")


class _ExistingKeyArn(Config):
    arn: KeyArn

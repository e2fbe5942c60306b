"""The key that encrypts Terraform states which a pipeline could not save."""

from typing import Final

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack

_PUBLIC: Final = (
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetPublicKey",
    "kms:ListResourceTags",
)


class StateRecoveryKey(Construct):
    """An asymmetric key: a pipeline encrypts with the public part, only administrators can decrypt.

    If a deployment can't save the state, `arqctl deploy` encrypts it, and the pipeline keeps the result.
    arqctl finds the key by its alias, `alias/ENV-state-recovery-key`. The key's policy denies the delivery
    roles, whose names match `delivery_roles`, all but the public part, also against their own permissions.
    KMS can't rotate asymmetric keys.
    https://docs.aws.amazon.com/kms/latest/developerguide/download-public-key.html
    """

    def __init__(self, scope: Construct, id: str, *, delivery_roles: str) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        root = stack.arn("iam", "root", region="")
        roles = stack.arn("iam", f"role/{delivery_roles}", region="")
        key = KmsKey(
            self,
            "Default",
            description="Encrypts Terraform states that a deployment could not save",
            customer_master_key_spec="RSA_4096",
            key_usage="ENCRYPT_DECRYPT",
            policy=policy_document(
                Statement(sid="AccountGoverns", actions=["kms:*"], resources=["*"], principals={"AWS": root}),
                Statement(
                    sid="DeliveryEncryptsOnly",
                    effect="Deny",
                    not_actions=_PUBLIC,
                    resources=["*"],
                    principals={"AWS": "*"},
                    conditions={"ArnLike": {"aws:PrincipalArn": roles}},
                ),
            ),
            deletion_window_in_days=30,
            lifecycle=stack.protection,
        )
        self.arn: str = key.arn
        self.alias: str = f"alias/{stack.physical_name('state-recovery-key')}"
        KmsAlias(self, "alias", name=self.alias, target_key_id=self.arn)

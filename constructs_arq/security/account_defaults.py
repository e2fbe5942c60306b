"""Settings of an account that apply to resources which do not set their own."""

from collections.abc import Sequence
from typing import Final

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.ebs_encryption_by_default import EbsEncryptionByDefault
from cdktf_cdktf_provider_aws.ebs_snapshot_block_public_access import EbsSnapshotBlockPublicAccess
from cdktf_cdktf_provider_aws.ec2_image_block_public_access import Ec2ImageBlockPublicAccess
from cdktf_cdktf_provider_aws.ec2_instance_metadata_defaults import Ec2InstanceMetadataDefaults
from cdktf_cdktf_provider_aws.iam_account_password_policy import IamAccountPasswordPolicy
from cdktf_cdktf_provider_aws.s3_account_public_access_block import S3AccountPublicAccessBlock
from cdktf_cdktf_provider_aws.vpc_block_public_access_options import VpcBlockPublicAccessOptions
from constructs import Construct

from constructs_arq.core.stack import Stack

NETWORKS_OUTPUT: Final = "network_regions"
"""The output of the account stack with the regions that have networks, which the gate reads."""


class AccountDefaults(Construct):
    """Encryption of EBS volumes and IMDSv2 in each of `regions`, and no public access to S3 in any.

    No snapshot and no image is public in them, and no VPC is reachable from the internet, or reaches it, in
    those that are not in `network_regions`. Passwords of IAM users are strong, if there are any.

    The stack's output `network_regions` has these, because the gate requires the block in all others.

    They apply to volumes and instances that other tools create, such as Karpenter. The library's constructs
    set their own. Volumes without a key use AWS's key `aws/ebs`, because the services that launch instances
    can always use it; a customer-managed default key would have to allow each of them.
    https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """

    def __init__(
        self, scope: Construct, id: str, *, regions: Sequence[str], network_regions: Sequence[str]
    ) -> None:
        super().__init__(scope, id)
        self._require_strong_passwords()
        output = TerraformOutput(self, "network-regions", value=list(network_regions))
        output.override_logical_id(NETWORKS_OUTPUT)
        S3AccountPublicAccessBlock(
            self,
            "public-access-block",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        for region in dict.fromkeys(regions):
            provider = Stack.of(self).provider_in(region)
            EbsSnapshotBlockPublicAccess(
                self, f"snapshots-{region}", state="block-all-sharing", provider=provider
            )
            Ec2ImageBlockPublicAccess(self, f"images-{region}", state="block-new-sharing", provider=provider)
            if region not in network_regions:
                VpcBlockPublicAccessOptions(
                    self,
                    f"networks-{region}",
                    internet_gateway_block_mode="block-bidirectional",
                    provider=provider,
                )
            EbsEncryptionByDefault(self, f"encryption-{region}", enabled=True, provider=provider)
            Ec2InstanceMetadataDefaults(
                self,
                f"metadata-{region}",
                http_tokens="required",
                http_put_response_hop_limit=1,
                provider=provider,
            )

    def _require_strong_passwords(self) -> None:
        # The numbers of CIS and of PCI DSS.
        IamAccountPasswordPolicy(
            self,
            "passwords",
            minimum_password_length=14,
            require_lowercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            require_uppercase_characters=True,
            max_password_age=90,
            password_reuse_prevention=24,
            allow_users_to_change_password=True,
        )

"""Settings of an account that apply to resources which do not set their own."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.ebs_encryption_by_default import EbsEncryptionByDefault
from cdktf_cdktf_provider_aws.ec2_instance_metadata_defaults import Ec2InstanceMetadataDefaults
from cdktf_cdktf_provider_aws.s3_account_public_access_block import S3AccountPublicAccessBlock
from constructs import Construct

from constructs_arq.core.stack import Stack


class AccountDefaults(Construct):
    """Encryption of EBS volumes and IMDSv2 in each of `regions`, and no public access to S3 in any.

    They apply to volumes and instances that other tools create, such as Karpenter. The library's constructs
    set their own. Volumes without a key use AWS's key `aws/ebs`, because the services that launch instances
    can always use it; a customer-managed default key would have to allow each of them.
    https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """

    def __init__(self, scope: Construct, id: str, *, regions: Sequence[str]) -> None:
        super().__init__(scope, id)
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
            EbsEncryptionByDefault(self, f"encryption-{region}", enabled=True, provider=provider)
            Ec2InstanceMetadataDefaults(
                self,
                f"metadata-{region}",
                http_tokens="required",
                http_put_response_hop_limit=1,
                provider=provider,
            )

"""Checks the account's defaults, which also cover resources that Terraform doesn't create."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import as_object
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _check_encryption(context: AwsContext) -> Iterator[Check]:
    type_ = "aws_ebs_encryption_by_default"
    regions = _regions(context, type_)
    off = [
        region
        for region in regions
        if context.call("ec2", "get_ebs_encryption_by_default", region).get("EbsEncryptionByDefault")
        is not True
    ]
    if off:
        command = " && ".join(f"aws ec2 enable-ebs-encryption-by-default --region {region}" for region in off)
        yield missing(ENCRYPTION.name, f"off in {', '.join(off)}", _fix(context, type_, command))
    else:
        yield ok(ENCRYPTION.name, f"on in {', '.join(regions)}")


def _check_metadata(context: AwsContext) -> Iterator[Check]:
    type_ = "aws_ec2_instance_metadata_defaults"
    regions = _regions(context, type_)
    off = [region for region in regions if not _requires_tokens(context, region)]
    if off:
        command = " && ".join(
            f"aws ec2 modify-instance-metadata-defaults --http-tokens required --region {region}"
            for region in off
        )
        yield missing(METADATA.name, f"IMDSv1 allowed in {', '.join(off)}", _fix(context, type_, command))
    else:
        yield ok(METADATA.name, f"IMDSv2 in {', '.join(regions)}")


def _requires_tokens(context: AwsContext, region: str) -> bool:
    level = context.call("ec2", "get_instance_metadata_defaults", region).get("AccountLevel")
    return as_object(level).get("HttpTokens") == "required"


def _check_public_access(context: AwsContext) -> Iterator[Check]:
    type_ = "aws_s3_account_public_access_block"
    try:
        result = context.call("s3control", "get_public_access_block", AccountId=context.account)
    except AwsError as error:
        if error.code != "NoSuchPublicAccessBlockConfiguration":
            raise
        result = {}
    blocks = as_object(result.get("PublicAccessBlockConfiguration"))
    off = [name for name in _BLOCKS if blocks.get(name) is not True]
    if off:
        on = ",".join(f"{name}=true" for name in _BLOCKS)
        command = f"aws s3control put-public-access-block --account-id {context.account} --public-access-block-configuration {on}"  # noqa: E501 - one command
        yield missing(PUBLIC_ACCESS.name, f"off: {', '.join(off)}", _fix(context, type_, command))
    else:
        yield ok(PUBLIC_ACCESS.name, "all public access blocked")


def _regions(context: AwsContext, type_: str) -> list[str]:
    """Return the regions in which the configuration sets a default, by default the environment's region."""
    return sorted(
        {each.region for each in context.configuration.resources(type_)} or {context.configuration.region}
    )


def _fix(context: AwsContext, type_: str, command: str) -> str:
    """Return the deployment of the stack that sets a default, else the command that sets it."""
    stacks = {each.stack.name for each in context.configuration.resources(type_)}
    return context.configuration.deploy(stacks) or command


ENCRYPTION = AwsCheck("EBS encryption by default", ("ec2:GetEbsEncryptionByDefault",), _check_encryption)
METADATA = AwsCheck("instance metadata default", ("ec2:GetInstanceMetadataDefaults",), _check_metadata)
PUBLIC_ACCESS = AwsCheck("S3 public access block", ("s3:GetAccountPublicAccessBlock",), _check_public_access)

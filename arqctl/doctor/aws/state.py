"""Checks the bucket and the key of Terraform's state."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check


def _check_bucket(context: AwsContext) -> Iterator[Check]:
    for backend in context.configuration.backends:
        yield _bucket(context, as_text(backend.get("bucket")), as_text(backend.get("region")))


def _bucket(context: AwsContext, bucket: str, region: str) -> Check:
    name, fix = STATE_BUCKET.name, f"cdktf deploy {_creator(context, 'aws_s3_bucket', 'bucket', bucket)}"
    try:
        head = context.call("s3", "head_bucket", region, Bucket=bucket, ExpectedBucketOwner=context.account)
    except AwsError as error:
        if error.code in ("404", "NoSuchBucket"):
            return missing(name, f"{bucket}: does not exist", fix)
        raise
    wrong = []
    if head.get("BucketRegion", region) != region:
        wrong.append(f"is in {head.get('BucketRegion')} instead of {region}")
    if context.call("s3", "get_bucket_versioning", region, Bucket=bucket).get("Status") != "Enabled":
        wrong.append("has no versions")
    if _algorithm(context, bucket, region) != "aws:kms":
        wrong.append("is not encrypted with a KMS key")
    if wrong:
        return missing(name, f"{bucket}: {', '.join(wrong)}", fix)
    return ok(name, f"{bucket}: {region}, versioned, encrypted")


def _algorithm(context: AwsContext, bucket: str, region: str) -> str:
    try:
        result = context.call("s3", "get_bucket_encryption", region, Bucket=bucket)
    except AwsError as error:
        if error.code == "ServerSideEncryptionConfigurationNotFoundError":
            return ""
        raise
    rules = as_list(as_object(result.get("ServerSideEncryptionConfiguration")).get("Rules"))
    first: Body = as_object(rules[0]) if rules else {}
    return as_text(as_object(first.get("ApplyServerSideEncryptionByDefault")).get("SSEAlgorithm"))


def _check_key(context: AwsContext) -> Iterator[Check]:
    for backend in context.configuration.backends:
        key = as_text(backend.get("kms_key_id"))
        if key:
            yield _key(context, key, as_text(backend.get("region")))


def _key(context: AwsContext, key: str, region: str) -> Check:
    name, short = STATE_KEY.name, key.rpartition(":")[2]
    stack = _creator(context, "aws_kms_alias", "name", short)
    try:
        metadata = as_object(context.call("kms", "describe_key", region, KeyId=key).get("KeyMetadata"))
    except AwsError as error:
        if error.code == "NotFoundException":
            return missing(name, f"{short}: does not exist", f"cdktf deploy {stack}")
        raise
    state = as_text(metadata.get("KeyState"))
    if state != "Enabled":
        fix = f"aws kms enable-key --key-id {as_text(metadata.get('KeyId'))} --region {region}"
        return missing(name, f"{short}: {state}", fix)
    return ok(name, short)


def _creator(context: AwsContext, type_: str, argument: str, value: str) -> str:
    """Return the stack that creates the resource with this argument, by default the bootstrap stack."""
    resources = context.configuration.resources(type_)
    default = f"{context.configuration.environment}-bootstrap"
    return next((each.stack.name for each in resources if each.text(argument) == value), default)


STATE_BUCKET = AwsCheck(
    "state bucket",
    ("s3:ListBucket", "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration"),
    _check_bucket,
)
STATE_KEY = AwsCheck("state key", ("kms:DescribeKey",), _check_key)

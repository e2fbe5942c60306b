"""The bucket of dumps and ledgers, on moto, which simulates AWS's API in this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NAME = "production-dumps"
REGION: Final = "eu-west-1"
VARIABLES: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "of-the-test",
    "AWS_SECRET_ACCESS_KEY": "of-the-test",
    "AWS_REGION": REGION,
    "DUMPS_BUCKET": NAME,
}


@dataclass(frozen=True)
class LedgerBucket:
    """A bucket whose key encrypts its objects by default."""

    s3: "S3Client"
    key: str

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys of all objects."""
        found = self.s3.list_objects_v2(Bucket=NAME, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in found]

    def read(self, key: str) -> bytes:
        """Return the content of an object."""
        return self.s3.get_object(Bucket=NAME, Key=key)["Body"].read()


@contextmanager
def simulated_bucket() -> Iterator[LedgerBucket]:
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        key = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"]
        s3.create_bucket(
            Bucket=NAME,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": REGION},
        )
        s3.put_bucket_encryption(
            Bucket=NAME,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key,
                        }
                    }
                ]
            },
        )
        yield LedgerBucket(s3, key)

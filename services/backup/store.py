"""The bucket of dumps and ledgers.

The bucket encrypts objects with its key, and locks their versions. S3 requires a checksum for locked objects.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3

from services.backup.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHECKSUM: Final = "SHA256"
CERTIFICATES_KEY: Final = "certificates/global-bundle.pem"
"""The authorities of RDS. The validator reads them here: it can't reach their site."""


class Store:
    """Writes objects. Nothing reads or deletes them here."""

    def __init__(self, settings: StoreSettings) -> None:
        self._bucket = settings.bucket
        self._s3: S3Client = boto3.client("s3", region_name=settings.region)

    def put(self, key: str, content: bytes) -> None:
        """Write an object, in a single request."""
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ChecksumAlgorithm=_CHECKSUM)

    def upload(self, key: str, file: Path) -> None:
        """Write a file of any size, in parts."""
        self._s3.upload_file(str(file), self._bucket, key, ExtraArgs={"ChecksumAlgorithm": _CHECKSUM})

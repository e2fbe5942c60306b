"""An S3 bucket that already exists."""

from typing import Annotated

from constructs_arq.core.arn import partition
from constructs_arq.core.config import Config
from constructs_arq.core.protocols import EncryptionKey, Grantee
from constructs_arq.core.values import Region, literal_identifier
from constructs_arq.storage.bucket_grants import grant_read, grant_read_write


class BucketAttributes(Config):
    """Attributes of an existing bucket."""

    name: Annotated[
        str, literal_identifier(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", kind="a bucket's name", example="orders")
    ]
    region: Region


class ExistingBucket:
    """An existing bucket for grants."""

    def __init__(self, *, attributes: BucketAttributes, key: EncryptionKey) -> None:
        self.key: EncryptionKey = key
        self.bucket_name: str = attributes.name
        self.logical_name: str = attributes.name
        self.arn: str = f"arn:{partition(attributes.region)}:s3:::{attributes.name}"

    def grant_read(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read and decrypt objects."""
        grant_read(self, grantee)

    def grant_read_write(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read, write and delete objects, but not their noncurrent versions."""
        grant_read_write(self, grantee)

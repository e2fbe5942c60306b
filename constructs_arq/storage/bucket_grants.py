"""Permissions on a bucket's objects and its key."""

from typing import Protocol

from constructs_arq.core.protocols import EncryptionKey, Grantee


class EncryptedBucket(Protocol):
    """A bucket of the library, or an existing one."""

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        ...

    @property
    def logical_name(self) -> str:
        """The name in policy names."""
        ...

    @property
    def key(self) -> EncryptionKey:
        """The key that encrypts its objects."""
        ...


def grant_read(bucket: EncryptedBucket, grantee: Grantee) -> None:
    """Allow `grantee` to list, read and decrypt objects."""
    grantee.allow(
        "s3:GetObject",
        "s3:ListBucket",
        on=[bucket.arn, f"{bucket.arn}/*"],
        policy_name=f"read-{bucket.logical_name}",
    )
    bucket.key.grant_decrypt(grantee)


def grant_read_write(bucket: EncryptedBucket, grantee: Grantee) -> None:
    """Allow `grantee` to list, read, write and delete objects, but not their noncurrent versions."""
    grantee.allow(
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        on=[bucket.arn, f"{bucket.arn}/*"],
        policy_name=f"write-{bucket.logical_name}",
    )
    bucket.key.grant_encrypt_decrypt(grantee)

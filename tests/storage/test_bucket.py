import pytest

from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    logs = LogBucket(stack, "logs", retention_days=365)
    assets = Bucket(stack, "assets", key=Key(stack, "key", purpose="Encrypts assets"), access_logs=logs)
    reader = Role(stack, "reader", purpose="Reads", trust=Trust.service("ec2.amazonaws.com"))
    writer = Role(stack, "writer", purpose="Writes", trust=Trust.service("ec2.amazonaws.com"))
    assets.grant_read(reader)
    assets.grant_read_write(writer)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.mark.parametrize("bucket", ["assets", "logs"])
def test_nothing_public_reaches_a_bucket(synthesized: Synthesized, bucket: str) -> None:
    block = synthesized.one("aws_s3_bucket_public_access_block", f"{bucket}/public-access-block")
    assert all(
        block[name]
        for name in (
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
        )
    )
    only_tls = statements(synthesized.one("aws_s3_bucket_policy", f"{bucket}/policy")["policy"])["OnlyTls"]
    assert only_tls["Effect"] == "Deny"
    assert only_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_data_is_encrypted_with_the_key_and_logs_with_what_log_delivery_can_use(
    synthesized: Synthesized,
) -> None:
    def encryption(bucket: str) -> object:
        rules = synthesized.one("aws_s3_bucket_server_side_encryption_configuration", f"{bucket}/encryption")[
            "rule"
        ]
        return rules[0]["apply_server_side_encryption_by_default"]

    assert encryption("assets") == {
        "kms_master_key_id": "${aws_kms_key.key.arn}",
        "sse_algorithm": "aws:kms",
    }
    assert encryption("logs") == {"sse_algorithm": "AES256"}


def test_a_reader_cannot_write(synthesized: Synthesized) -> None:
    def actions(role: str, purpose: str, sid: str) -> set[str]:
        document = synthesized.one("aws_iam_role_policy", f"{role}/{purpose}")["policy"]
        return set(statements(document)[sid]["Action"])

    assert actions("reader", "read-assets", "ReadAssets") == {"s3:GetObject", "s3:ListBucket"}
    assert "s3:PutObject" in actions("writer", "write-assets", "WriteAssets")
    assert "kms:Encrypt" not in actions("reader", "decrypt-key", "DecryptKey")
    assert "kms:Encrypt" in actions("writer", "use-key", "UseKey")


def test_a_protected_environment_keeps_its_buckets(synthesized: Synthesized) -> None:
    for bucket in synthesized.of_type("aws_s3_bucket").values():
        assert bucket["lifecycle"] == {"prevent_destroy": True}
    unprotected = synthesize(build, config=STACK.model_copy(update={"protected": False}))
    for bucket in unprotected.of_type("aws_s3_bucket").values():
        assert "lifecycle" not in bucket

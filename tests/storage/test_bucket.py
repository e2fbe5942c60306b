import pytest

from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.storage.bucket_settings import settings_in_order
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    logs = LogBucket(stack, "logs", retention_days=365)
    assets = Bucket(stack, "assets", key=Key(stack, "key", description="Encrypts assets"), access_logs=logs)
    reader = Role(stack, "reader", description="Reads", trust=Trust.service("ec2.amazonaws.com"))
    writer = Role(stack, "writer", description="Writes", trust=Trust.service("ec2.amazonaws.com"))
    assets.grant_read(reader)
    assets.grant_read_write(writer)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.mark.parametrize("bucket", ["assets", "logs"])
def test_public_access_is_blocked(synthesized: Synthesized, bucket: str) -> None:
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


@pytest.mark.parametrize(("bucket", "count"), [("assets", 8), ("logs", 7)])
def test_settings_of_a_bucket_are_made_one_after_the_other(
    synthesized: Synthesized, bucket: str, count: int
) -> None:
    """S3 rejects two changes of one bucket at the same time: OperationAborted."""
    assert len(settings_in_order(synthesized, bucket)) == count


def test_data_uses_the_key_and_logs_use_s3_keys(
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


def test_versions_are_kept_and_access_is_logged(synthesized: Synthesized) -> None:
    versioning = synthesized.one("aws_s3_bucket_versioning", "assets/versioning")
    assert versioning["versioning_configuration"] == {"status": "Enabled"}
    (rule,) = synthesized.one("aws_s3_bucket_lifecycle_configuration", "assets/lifecycle")["rule"]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert not rule.get("expiration")
    logging = synthesized.one("aws_s3_bucket_logging", "assets/access-logs")
    assert logging["target_bucket"].startswith("${aws_s3_bucket_policy.logs_policy_")
    allowed = statements(synthesized.one("aws_s3_bucket_policy", "logs/policy")["policy"])
    assert allowed["S3Logs"]["Resource"] == ["${aws_s3_bucket.logs.arn}/s3/*"]
    assert logging["target_prefix"] == "s3/assets/"


def test_log_delivery_is_limited_to_the_account_and_logs_expire(synthesized: Synthesized) -> None:
    policy = statements(synthesized.one("aws_s3_bucket_policy", "logs/policy")["policy"])
    writers = {sid: s for sid, s in policy.items() if s["Effect"] == "Allow"}
    assert {s["Principal"]["Service"] for s in writers.values()} == {
        "logging.s3.amazonaws.com",
        "logdelivery.elasticloadbalancing.amazonaws.com",
    }
    for sid, writer in writers.items():
        assert writer["Action"] == ["s3:PutObject"]
        if sid == "LoadBalancerLogs":
            # The documented path contains the load balancer's account. Other conditions are undocumented.
            assert writer["Resource"] == ["${aws_s3_bucket.logs.arn}/load-balancer/*/AWSLogs/111122223333/*"]
        else:
            assert writer["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    (rule,) = synthesized.one("aws_s3_bucket_lifecycle_configuration", "logs/lifecycle")["rule"]
    assert rule["expiration"] == [{"days": 365}]


def test_each_delivery_has_its_own_statement() -> None:
    def build_deliveries(stack: Stack) -> None:
        logs = LogBucket(stack, "logs", retention_days=365)
        for name in ("shop", "blog"):
            logs.allow_delivery(f"arn:aws:logs:us-east-1:111122223333:delivery-source:{name}")

    policy = statements(synthesize(build_deliveries).one("aws_s3_bucket_policy")["policy"])
    sources = {
        sid: statement["Condition"]["ArnLike"]["aws:SourceArn"].rpartition(":")[2]
        for sid, statement in policy.items()
        if sid.startswith("AWSLogDeliveryWrite")
    }
    assert sources == {"AWSLogDeliveryWrite1": "shop", "AWSLogDeliveryWrite2": "blog"}


def test_a_reader_cannot_write(synthesized: Synthesized) -> None:
    def actions(role: str, policy_name: str, sid: str) -> set[str]:
        document = synthesized.one("aws_iam_role_policy", f"{role}/{policy_name}")["policy"]
        return set(statements(document)[sid]["Action"])

    assert actions("reader", "read-assets", "ReadAssets") == {"s3:GetObject", "s3:ListBucket"}
    assert "s3:PutObject" in actions("writer", "write-assets", "WriteAssets")
    assert "kms:Encrypt" not in actions("reader", "decrypt-key", "DecryptKey")
    assert "kms:Encrypt" in actions("writer", "use-key", "UseKey")


def test_protected_buckets_cannot_be_destroyed(synthesized: Synthesized) -> None:
    for bucket in synthesized.of_type("aws_s3_bucket").values():
        assert bucket["lifecycle"] == {"prevent_destroy": True}
        assert bucket["force_destroy"] is False
    unprotected = synthesize(build, config=STACK.model_copy(update={"protected": False}))
    for bucket in unprotected.of_type("aws_s3_bucket").values():
        assert "lifecycle" not in bucket
        # Logs are written until the bucket is deleted, so it can't be emptied before.
        assert bucket["force_destroy"] is True


def test_a_locked_bucket_locks_each_version_after_versioning(locked: Synthesized) -> None:
    assert locked.one("aws_s3_bucket", "trail/Default")["object_lock_enabled"] is True
    retention = locked.one("aws_s3_bucket_object_lock_configuration", "trail/lock")["rule"]
    assert retention == {"default_retention": {"days": 365, "mode": "GOVERNANCE"}}
    order = [each.partition(".")[0] for each in settings_in_order(locked, "trail")]
    assert order.index("aws_s3_bucket_versioning") + 1 == order.index(
        "aws_s3_bucket_object_lock_configuration"
    )


@pytest.fixture(scope="module")
def locked() -> Synthesized:
    def build_locked(stack: Stack) -> None:
        logs = LogBucket(stack, "logs", retention_days=365)
        key = Key(stack, "key", description="Encrypts the trail")
        Bucket(stack, "trail", key=key, access_logs=logs, locked_days=365)

    return synthesize(build_locked)

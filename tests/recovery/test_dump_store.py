"""The bucket of dumps and ledgers: its lock, its copy, and permissions on it."""

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.dump_store import DumpStore, DumpStoreConfig
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication
from services.backup import dump, ledger, store
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    logs = LogBucket(stack, "logs", retention_days=365)
    dumps = DumpStore(stack, "dumps", access_logs=logs, config=DumpStoreConfig())
    dumps.copy_to_backup_region()
    roles = {
        name: Role(stack, name, description=name, trust=Trust.service("lambda.amazonaws.com"))
        for name in ("dump", "ledger", "validator")
    }
    dumps.grant_write_dumps(roles["dump"])
    dumps.grant_write_ledgers(roles["ledger"])
    dumps.grant_read_ledgers(roles["validator"])


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_versions_in_both_regions_are_locked_if_the_environment_is_protected(
    synthesized: Synthesized,
) -> None:
    locks = synthesized.of_type("aws_s3_bucket_object_lock_configuration")
    assert set(locks) == {"dumps/bucket/lock", "dumps/copy/lock"}
    assert {str(each["rule"]["default_retention"]) for each in locks.values()} == {
        "{'days': 35, 'mode': 'GOVERNANCE'}"
    }
    # A destroy would have to wait for the end of the locks.
    unprotected = synthesize(build, config=STACK.model_copy(update={"protected": False}))
    assert not unprotected.of_type("aws_s3_bucket_object_lock_configuration")


def test_each_bucket_has_its_own_key(synthesized: Synthesized) -> None:
    encryption = synthesized.of_type("aws_s3_bucket_server_side_encryption_configuration")
    keys = {
        path: each["rule"][0]["apply_server_side_encryption_by_default"].get("kms_master_key_id")
        for path, each in encryption.items()
        if path.startswith("dumps/") and "logs" not in path
    }
    assert len({*keys.values()}) == len(keys) == 2


def test_the_programs_write_only_and_where_they_write(synthesized: Synthesized) -> None:
    def resources(path: str) -> tuple[list[str], list[str]]:
        (statement,) = statements(synthesized.one("aws_iam_role_policy", path)["policy"]).values()
        return statement["Action"], [each.partition("/")[2] for each in statement["Resource"]]

    writes = ["s3:AbortMultipartUpload", "s3:PutObject"]
    assert resources("dump/write-dumps") == (writes, [f"{dump._PREFIX}*"])
    keys = [f"{ledger._PREFIX}*", f"{store.CERTIFICATES_KEY.partition('/')[0]}/*"]
    assert resources("ledger/write-ledgers") == (writes, keys)
    assert resources("validator/read-ledgers") == (["s3:GetObject"], keys)


def test_the_copies_have_the_lock_of_their_originals(synthesized: Synthesized) -> None:
    policy = synthesized.one("aws_iam_role_policy", "dumps/replication/role/read-objects")["policy"]
    (statement,) = statements(policy).values()
    assert {"s3:GetObjectLegalHold", "s3:GetObjectRetention"} <= set(statement["Action"])


def test_locked_versions_are_not_copied_to_a_bucket_without_locks() -> None:
    def build_mixed(stack: Stack) -> None:
        logs = LogBucket(stack, "logs", retention_days=365)
        key = Key(stack, "key", description="Encrypts")
        here = Bucket(stack, "here", key=key, access_logs=logs, locked_days=7)
        there = Bucket(stack, "there", key=key, access_logs=logs)
        Replication(stack, "replication", source=here, copy=there)

    with pytest.raises(ConstructError, match="locked versions of here can't be copied to there"):
        synthesize(build_mixed)


def test_a_lock_ends_before_the_deletion() -> None:
    with pytest.raises(ConfigError, match="locked_days 35 must not be greater than retention_days"):
        DumpStoreConfig(retention_days=14)

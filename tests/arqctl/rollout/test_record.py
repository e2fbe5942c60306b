"""`arqctl rollout record` and `last`, against simulated AWS."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.arqctl.command_line import run
from tests.arqctl.projects import Project

Capture = pytest.CaptureFixture[str]
STACK = "dev-platform"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
KEY = "arn:aws:kms:eu-west-1:123456789012:alias/dev-state-key"
BACKEND = {
    "bucket": "arq-state-dev",
    "key": "dev-platform.tfstate",
    "region": "eu-west-1",
    "kms_key_id": KEY,
    # The account of moto.
    "allowed_account_ids": ["123456789012"],
}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, current_project: Project) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    current_project.stack(STACK, terraform={"backend": {"s3": BACKEND}})
    with mock_aws():
        yield boto3.resource("s3", "eu-west-1").create_bucket(
            Bucket="arq-state-dev", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )


def rollout(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    return run(capsys, "rollout", *arguments, "--from", "cdktf.out")


def test_the_recorded_commit_is_the_last_one(bucket: Any, capsys: Capture) -> None:
    for commit in ("f" * 40, COMMIT):
        code, stdout, stderr = rollout(capsys, "record", STACK, "--commit", commit)
        assert (code, stdout, stderr) == (0, f"{STACK}: deployed {commit}\n", "")
    (found,) = bucket.objects.all()
    day = found.last_modified.date().isoformat()
    assert rollout(capsys, "last", STACK) == (0, f"{COMMIT} {day}\n", "")
    assert found.key == "dev-platform.commit"
    assert (found.Object().server_side_encryption, found.Object().ssekms_key_id) == ("aws:kms", KEY)


@pytest.mark.usefixtures("bucket")
def test_without_a_record_there_is_no_last_commit(capsys: Capture) -> None:
    code, stdout, stderr = rollout(capsys, "last", STACK)
    assert (code, stdout) == (2, "")
    assert f"{STACK}: no successful deployment is recorded" in stderr


@pytest.mark.parametrize("commit", ["main", COMMIT[:12], f"{COMMIT}0", ""])
def test_only_a_full_hash_is_recorded(bucket: Any, capsys: Capture, commit: str) -> None:
    code, _, stderr = rollout(capsys, "record", STACK, "--commit", commit)
    assert code == 2
    assert "is not a commit" in stderr
    assert [*bucket.objects.all()] == []


def test_another_content_is_no_commit(bucket: Any, capsys: Capture) -> None:
    bucket.put_object(Key="dev-platform.commit", Body=b"main; echo")
    code, stdout, stderr = rollout(capsys, "last", STACK)
    assert (code, stdout) == (2, "")
    assert "the record is no commit: 'main; echo'" in stderr


def test_a_failed_call_is_not_a_missing_record(bucket: Any, capsys: Capture) -> None:
    bucket.delete()
    code, _, stderr = rollout(capsys, "last", STACK)
    assert code == 2
    assert "AWS can't be asked: s3 get_object: NoSuchBucket" in stderr


@pytest.mark.usefixtures("bucket")
def test_a_stack_without_a_state_in_s3_is_refused(capsys: Capture) -> None:
    code, _, stderr = rollout(capsys, "last", "dev")
    assert code == 2
    assert "dev: has no state in S3" in stderr

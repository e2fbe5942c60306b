import pytest

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication
from constructs_arq.storage.replication_alarms import ReplicationAlarms
from tests.observability.alarm_builders import make_alarms
from tests.storage.bucket_settings import settings_in_order
from tests.support import STACK, Synthesized, statements, synthesize


def build(stack: Stack) -> None:
    elsewhere = STACK.backup_region
    here = Bucket(
        stack,
        "here",
        key=Key(stack, "key", description="Encrypts"),
        access_logs=LogBucket(stack, "logs", retention_days=90),
    )
    there = Bucket(
        stack,
        "there",
        key=Key(stack, "there-key", description="Encrypts copies", region=elsewhere),
        access_logs=LogBucket(stack, "there-logs", retention_days=90, region=elsewhere),
        region=elsewhere,
    )
    Replication(stack, "replication", source=here, copy=there)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_all_resources_of_the_copy_are_in_its_region(synthesized: Synthesized) -> None:
    for kind in (kind for kind in synthesized.json["resource"] if kind.startswith("aws_s3_bucket")):
        for path, resource in synthesized.of_type(kind).items():
            expected = "aws.eu-central-1" if path.startswith("there") else None
            assert resource.get("provider") == expected, f"{kind} {path}"


def test_copies_are_encrypted_with_the_key_of_their_region(synthesized: Synthesized) -> None:
    (rule,) = synthesized.one("aws_s3_bucket_replication_configuration")["rule"]
    assert rule["destination"]["bucket"] == "${aws_s3_bucket.there.arn}"
    assert rule["destination"]["encryption_configuration"] == {
        "replica_kms_key_id": "${aws_kms_key.there-key.arn}"
    }
    assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}


def test_copies_within_fifteen_minutes_are_measured(synthesized: Synthesized) -> None:
    (rule,) = synthesized.one("aws_s3_bucket_replication_configuration")["rule"]
    assert rule["destination"]["metrics"] == {"status": "Enabled", "event_threshold": {"minutes": 15}}
    assert rule["destination"]["replication_time"] == {"status": "Enabled", "time": {"minutes": 15}}


def test_the_alarm_in_another_stack_has_the_rule_of_the_replication(synthesized: Synthesized) -> None:
    found: list[Alarm] = []

    def build_alarms(stack: Stack) -> None:
        found.extend(
            ReplicationAlarms(stack, "replication", source_bucket="here", copy_bucket="there").alarms
        )

    synthesize(build_alarms)
    (rule,) = synthesized.one("aws_s3_bucket_replication_configuration")["rule"]
    (alarm,) = found
    assert alarm.dimensions == {"SourceBucket": "here", "DestinationBucket": "there", "RuleId": rule["id"]}


def test_one_object_that_is_not_copied_raises_the_alarm_of_the_replication() -> None:
    def build_with_alarms(stack: Stack) -> None:
        build(stack)
        make_alarms(stack)

    alarm = synthesize(build_with_alarms).one("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/S3", "OperationsFailedReplication")
    assert (alarm["statistic"], alarm["comparison_operator"], alarm["threshold"]) == (
        "Sum",
        "GreaterThanThreshold",
        0,
    )
    assert (alarm["period"], alarm["evaluation_periods"]) == (60, 1)
    assert alarm["dimensions"] == {
        "SourceBucket": "${aws_s3_bucket_replication_configuration.replication.bucket}",
        "DestinationBucket": "${aws_s3_bucket.there.id}",
        "RuleId": "everything",
    }


def test_replication_waits_for_all_settings_of_both_buckets(synthesized: Synthesized) -> None:
    """S3 requires versioning, which is one of the settings, in both buckets."""
    waits = synthesized.one("aws_s3_bucket_replication_configuration")["depends_on"]
    settings = settings_in_order(synthesized, "here")[-2], settings_in_order(synthesized, "there")[-1]
    assert set(waits) == set(settings)


def test_the_role_reads_the_source_and_writes_the_copy(synthesized: Synthesized) -> None:
    policies = {
        path.removeprefix("replication/role/"): next(iter(statements(resource["policy"]).values()))
        for path, resource in synthesized.of_type("aws_iam_role_policy").items()
    }
    assert policies["read-objects"]["Resource"] == ["${aws_s3_bucket.here.arn}/*"]
    assert policies["write-copies"]["Resource"] == ["${aws_s3_bucket.there.arn}/*"]
    assert policies["decrypt-key"]["Resource"] == ["${aws_kms_key.key.arn}"]
    assert policies["use-there-key"]["Resource"] == ["${aws_kms_key.there-key.arn}"]
    assert "kms:Encrypt" not in policies["decrypt-key"]["Action"]


def test_log_sources_depend_on_the_log_buckets_policy(synthesized: Synthesized) -> None:
    logging = synthesized.one("aws_s3_bucket_logging", "here/access-logs")
    assert logging["target_bucket"].startswith("${aws_s3_bucket_policy.logs_policy_")

"""Tests of the trail, and of the alarm on the root user."""

import pytest

from constructs_arq.audit.root_use import RootUse
from constructs_arq.audit.trail import Trail
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.support import Synthesized, statements, synthesize

ARN = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/test-trail"
BOUNDARY = "arn:aws:iam::111122223333:policy/test-audit-boundary"
OBJECTS = ["arn:aws:s3:::state/", "arn:aws:s3:::test-dumps-"]


def build(stack: Stack) -> None:
    key = Key(stack, "key", description="Encrypts the trail")
    logs = LogBucket(stack, "logs", retention_days=365)
    bucket = Bucket(stack, "calls", key=key, access_logs=logs, locked_days=365)
    trail = Trail(
        stack, "trail", bucket=bucket, key=key, recorded_objects=OBJECTS, permissions_boundary=BOUNDARY
    )
    RootUse(stack, "root-use", log=trail.log)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_the_trail_records_objects_of_state_and_backups(synthesized: Synthesized) -> None:
    selectors = synthesized.one("aws_cloudtrail")["advanced_event_selector"]
    fields = [{each["field"]: each for each in selector["field_selector"]} for selector in selectors]
    assert fields[0] == {"eventCategory": {"field": "eventCategory", "equals": ["Management"]}}
    assert fields[1]["resources.ARN"]["starts_with"] == OBJECTS


def test_the_trail_waits_for_its_permissions(synthesized: Synthesized) -> None:
    """CreateTrail writes a file to the bucket, and a line to the log group."""
    before = {each.partition(".")[0] for each in synthesized.one("aws_cloudtrail")["depends_on"]}
    assert before == {"aws_iam_role", "aws_iam_role_policy", "aws_s3_bucket_logging"}
    # The last setting of the bucket, which waits for its policy.
    logging = synthesized.one("aws_s3_bucket_logging")
    assert [each.partition(".")[0] for each in logging["depends_on"]] == ["aws_s3_bucket_policy"]


def test_only_this_trail_writes_to_the_bucket_and_uses_the_key(synthesized: Synthesized) -> None:
    policy = statements(synthesized.one("aws_s3_bucket_policy", "calls/policy")["policy"])
    assert policy["TrailWrites"]["Condition"]["StringEquals"]["aws:SourceArn"] == ARN
    assert policy["TrailWrites"]["Resource"][0].endswith("/AWSLogs/111122223333/*")
    key = statements(synthesized.one("aws_kms_key")["policy"])
    assert key["TrailEncrypts"]["Condition"] == {"StringEquals": {"aws:SourceArn": ARN}}


def test_the_name_of_the_trail_is_that_in_the_policies(synthesized: Synthesized) -> None:
    assert synthesized.one("aws_cloudtrail")["name"] == ARN.rpartition("/")[2]


def test_calls_of_services_as_root_are_not_counted(synthesized: Synthesized) -> None:
    pattern = synthesized.one("aws_cloudwatch_log_metric_filter")["pattern"]
    assert "$.userIdentity.invokedBy NOT EXISTS" in pattern
    assert '$.eventType != "AwsServiceEvent"' in pattern

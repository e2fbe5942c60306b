"""The trail of CloudTrail: who did what in the account."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.cloudtrail import (
    Cloudtrail,
    CloudtrailAdvancedEventSelector,
    CloudtrailAdvancedEventSelectorFieldSelector,
)
from constructs import Construct

from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket
from constructs_arq.storage.log_group import LogGroup

_SERVICE: Final = "cloudtrail.amazonaws.com"
# Long enough for an investigation with CloudWatch. The bucket keeps everything.
_LOG_DAYS: Final = 365


class Trail(Construct):
    """All calls of AWS's APIs in all regions, in a locked `bucket` and in a log group.

    `recorded_objects` are prefixes of ARNs of S3 objects, whose reads and writes the trail records too. Each
    file has a signed digest, so a changed or deleted one is noticed. `key` encrypts the files and the group.
    `permissions_boundary` is the ARN of the boundary of the role that writes to the group.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: Bucket,
        key: Key,
        recorded_objects: Sequence[str],
        permissions_boundary: str,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        name = stack.physical_name(logical_name(self))
        arn = stack.arn("cloudtrail", f"trail/{name}")
        key.allow_service(_SERVICE, sid="trail-encrypts", conditions={"StringEquals": {"aws:SourceArn": arn}})
        for statement in _delivery(bucket.arn, arn, stack.account_id):
            bucket.add_statement(statement)
        self.log: LogGroup = LogGroup(
            self, "log", name=f"/aws/cloudtrail/{name}", key=key, retention_days=_LOG_DAYS
        )
        role = Role(
            self,
            "role",
            description=f"CloudTrail writes the calls of {stack.environment} to CloudWatch",
            trust=Trust.service(_SERVICE, conditions={"StringEquals": {"aws:SourceArn": arn}}),
            role_name=f"{name}-log",
            permissions_boundary=permissions_boundary,
        )
        role.allow(
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            on=f"{self.log.arn}:log-stream:{stack.account_id}_CloudTrail_*",
            policy_name="write-log",
        )
        Cloudtrail(
            self,
            "Default",
            name=name,
            s3_bucket_name=bucket.bucket_name,
            kms_key_id=key.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=f"{self.log.arn}:*",
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selector=[_calls(), _objects(recorded_objects)],
            # CloudTrail writes a test file to the bucket, and a test line to the group.
            depends_on=[bucket.last_setting, *terraform_resources(role, stack=stack)],
        )


def _delivery(bucket_arn: str, trail_arn: str, account_id: str) -> tuple[Statement, ...]:
    """Return the statements with which CloudTrail finds the bucket and writes to it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    of_trail = {"aws:SourceArn": trail_arn}
    return (
        Statement(
            sid="TrailFindsBucket",
            actions=["s3:GetBucketAcl"],
            resources=[bucket_arn],
            principals={"Service": _SERVICE},
            conditions={"StringEquals": of_trail},
        ),
        Statement(
            sid="TrailWrites",
            actions=["s3:PutObject"],
            resources=[f"{bucket_arn}/AWSLogs/{account_id}/*"],
            principals={"Service": _SERVICE},
            conditions={"StringEquals": {**of_trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    )


def _calls() -> CloudtrailAdvancedEventSelector:
    return CloudtrailAdvancedEventSelector(
        name="all calls", field_selector=[_equals("eventCategory", "Management")]
    )


def _objects(prefixes: Sequence[str]) -> CloudtrailAdvancedEventSelector:
    return CloudtrailAdvancedEventSelector(
        name="objects of state and backups",
        field_selector=[
            _equals("eventCategory", "Data"),
            _equals("resources.type", "AWS::S3::Object"),
            CloudtrailAdvancedEventSelectorFieldSelector(field="resources.ARN", starts_with=list(prefixes)),
        ],
    )


def _equals(field: str, value: str) -> CloudtrailAdvancedEventSelectorFieldSelector:
    return CloudtrailAdvancedEventSelectorFieldSelector(field=field, equal_to=[value])

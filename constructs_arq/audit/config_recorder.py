"""AWS Config: the history of each resource's configuration."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.config_configuration_recorder import (
    ConfigConfigurationRecorder,
    ConfigConfigurationRecorderRecordingGroup,
)
from cdktf_cdktf_provider_aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from cdktf_cdktf_provider_aws.config_delivery_channel import ConfigDeliveryChannel
from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from constructs_arq.storage.bucket import Bucket

_SERVICE: Final = "config.amazonaws.com"
# The console makes a recorder and a channel of this name. A region has at most one of each, and AWS
# overwrites one of the same name.
_NAME: Final = "default"


class ConfigRecorder(Construct):
    """A recorder of all types of resources in each of `regions`, which delivers to `bucket`.

    Types without a region, such as roles, are recorded in the stack's region only: each record costs, and all
    regions would have the same. The bucket can have no Object Lock, because Config does not support its
    retention by default. The role is the service-linked one of `roles`.
    https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: Bucket,
        key: Key,
        roles: ServiceLinkedRoles,
        regions: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self._bucket = bucket
        self._key = key
        key.allow_service(_SERVICE, sid="config-encrypts")
        for statement in _delivery(bucket.arn, Stack.of(self).account_id):
            bucket.add_statement(statement)
        for region in regions:
            self._record(region, roles.role(_SERVICE).arn)

    def _record(self, region: str, role_arn: str) -> None:
        """Make the recorder, its channel, and start it, in this order: AWS refuses any other."""
        stack = Stack.of(self)
        provider = stack.provider_in(region)
        recorder = ConfigConfigurationRecorder(
            self,
            region,
            name=_NAME,
            role_arn=role_arn,
            recording_group=ConfigConfigurationRecorderRecordingGroup(
                all_supported=True, include_global_resource_types=region == stack.region
            ),
            provider=provider,
        )
        channel = ConfigDeliveryChannel(
            self,
            f"{region}-channel",
            name=_NAME,
            s3_bucket_name=self._bucket.bucket_name,
            s3_kms_key_arn=self._key.arn,
            provider=provider,
            # Config writes a test file.
            depends_on=[recorder, self._bucket.last_setting],
        )
        ConfigConfigurationRecorderStatus(
            self,
            f"{region}-status",
            name=recorder.name,
            is_enabled=True,
            provider=provider,
            depends_on=[channel],
        )


def _delivery(bucket_arn: str, account_id: str) -> tuple[Statement, ...]:
    own = {"StringEquals": {"aws:SourceAccount": account_id}}
    return (
        Statement(
            sid="ConfigFindsBucket",
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket_arn],
            principals={"Service": _SERVICE},
            conditions=own,
        ),
        Statement(
            sid="ConfigWrites",
            actions=["s3:PutObject"],
            resources=[f"{bucket_arn}/AWSLogs/{account_id}/Config/*"],
            principals={"Service": _SERVICE},
            conditions={"StringEquals": {**own["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    )

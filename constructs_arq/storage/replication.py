"""Replication of a bucket to another region."""

from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleDestinationMetrics,
    S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold,
    S3BucketReplicationConfigurationRuleDestinationReplicationTime,
    S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket
from constructs_arq.storage.replication_alarms import RULE_ID, failed_copies

# S3 Replication Time Control supports no other time.
_MINUTES = 15


class Replication(Construct):
    """Replicates objects and deletions from `source` to `copy`, within 15 minutes.

    Existing objects are not replicated. Deletions are replicated as delete markers, so versions stay in both.
    An alarm reports failed copies; `ReplicationAlarms` makes it in another stack. `role_name` is the name of
    the role that copies; without it, Terraform generates one.

    Raises:
        ConstructError: if only one of the buckets locks its versions.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: Bucket,
        copy: Bucket,
        role_name: str | None = None,
        permissions_boundary: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        if source.is_locked != copy.is_locked:
            raise ConstructError(
                self.node.path,
                f"locked versions of {source.logical_name} can't be copied to {copy.logical_name}",
                fix="Set locked_days for both buckets, or for none.",
            )
        role = Role(
            self,
            "role",
            description=f"Copies {source.logical_name} to {copy.logical_name}",
            trust=Trust.service("s3.amazonaws.com"),
            role_name=role_name,
            permissions_boundary=permissions_boundary,
        )
        _allow_replication(role, source, copy)
        replication = S3BucketReplicationConfigurationA(
            self,
            "Default",
            bucket=source.bucket_name,
            role=role.arn,
            rule=[_replicate_all(copy)],
            # Both buckets need versioning, which is one of their settings.
            depends_on=[source.last_setting, copy.last_setting],
        )
        # The replication's attribute: the alarm exists only after the replication, which makes its metric.
        self.alarms: tuple[Alarm, ...] = (
            failed_copies(source_bucket=replication.bucket, copy_bucket=copy.bucket_name),
        )


def _allow_replication(role: Role, source: Bucket, copy: Bucket) -> None:
    role.allow("s3:GetReplicationConfiguration", "s3:ListBucket", on=source.arn, policy_name="find-objects")
    role.allow(
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        # The copies have the lock of their originals.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
        *(("s3:GetObjectLegalHold", "s3:GetObjectRetention") if source.is_locked else ()),
        on=f"{source.arn}/*",
        policy_name="read-objects",
    )
    role.allow(
        "s3:ReplicateObject",
        "s3:ReplicateDelete",
        "s3:ReplicateTags",
        on=f"{copy.arn}/*",
        policy_name="write-copies",
    )
    source.key.grant_decrypt(role)
    copy.key.grant_encrypt_decrypt(role)


def _replicate_all(copy: Bucket) -> S3BucketReplicationConfigurationRule:
    return S3BucketReplicationConfigurationRule(
        id=RULE_ID,
        status="Enabled",
        priority=0,
        filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
        delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
            status="Enabled"
        ),
        # Without this, S3 skips objects that a KMS key encrypts, which are all of them.
        source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
            sse_kms_encrypted_objects=S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
                status="Enabled"
            )
        ),
        destination=S3BucketReplicationConfigurationRuleDestination(
            bucket=copy.arn,
            metrics=S3BucketReplicationConfigurationRuleDestinationMetrics(
                status="Enabled",
                event_threshold=S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold(
                    minutes=_MINUTES
                ),
            ),
            replication_time=S3BucketReplicationConfigurationRuleDestinationReplicationTime(
                status="Enabled",
                time=S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime(minutes=_MINUTES),
            ),
            encryption_configuration=S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
                replica_kms_key_id=copy.key.arn
            ),
        ),
    )

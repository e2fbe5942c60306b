"""The buckets of a site in two regions."""

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginGroup,
    CloudfrontDistributionOriginGroupFailoverCriteria,
    CloudfrontDistributionOriginGroupMember,
    CloudfrontDistributionOriginOriginShield,
)
from cdktf_cdktf_provider_aws.cloudfront_origin_access_control import CloudfrontOriginAccessControl
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.backup_tags import NoBackup
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Statement
from constructs_arq.core.protocols import AccessLogBucket, Grantee
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.edge.lifecycle import replaced_first
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication

PRIMARY, STANDBY, FAILOVER_GROUP = "site", "site-standby", "site-with-failover"
# Responses of a failing region. 403 and 404 are no reason for failover: a missing file is missing in both.
_FAILOVER_CODES = (500, 502, 503, 504)
# CloudFront's default of 3 attempts with 10 seconds each is too slow for visitors.
_ATTEMPTS = 2
_ATTEMPT_SECONDS = 3
# Regions with Origin Shield use their own; others use the one that AWS recommends.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html
_ORIGIN_SHIELD_REGIONS = {
    **{
        region: region
        for region in (
            "us-east-1",
            "us-east-2",
            "us-west-2",
            "ap-south-1",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "eu-central-1",
            "eu-west-1",
            "eu-west-2",
            "sa-east-1",
        )
    },
    "us-west-1": "us-west-2",
    "af-south-1": "eu-west-1",
    "ap-east-1": "ap-southeast-1",
    "ca-central-1": "us-east-1",
    "eu-north-1": "eu-west-2",
    "eu-south-1": "eu-central-1",
    "eu-west-3": "eu-west-2",
    "me-south-1": "ap-south-1",
}


class SiteBuckets(Construct):
    """A private bucket and its replica in the backup region, readable only by one distribution.

    CloudFront reads the replica if the bucket's region fails. Each bucket has a KMS key in its region.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """

    def __init__(self, scope: Construct, id: str, *, access_logs: AccessLogBucket) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.bucket = Bucket(
            self,
            "bucket",
            key=Key(self, "key", description="Encrypts the site's files"),
            access_logs=access_logs,
        )
        backup_region = stack.backup_region
        self._standby = Bucket(
            self,
            "standby",
            key=Key(
                self, "standby-key", description="Encrypts the copy of the site's files", region=backup_region
            ),
            # S3 requires a log bucket in the same region.
            access_logs=LogBucket(
                self, "standby-logs", retention_days=access_logs.retention_days, region=backup_region
            ),
            backup=NoBackup("It is a copy of the bucket that AWS Backup backs up"),
            region=backup_region,
        )
        replication = Replication(self, "replication", source=self.bucket, copy=self._standby)
        self.alarms: tuple[Alarm, ...] = replication.alarms
        self._shield_region = self._origin_shield_region(stack.region)
        self._access_control_id: str = CloudfrontOriginAccessControl(
            self,
            "access-control",
            name=stack.physical_name(logical_name(self)),
            description="CloudFront signs what it asks of S3",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            lifecycle=replaced_first(),
        ).id

    def render_origins(self) -> list[CloudfrontDistributionOrigin]:
        """Return the origins of both buckets for a distribution."""
        shield = CloudfrontDistributionOriginOriginShield(
            enabled=True, origin_shield_region=self._shield_region
        )
        return [
            CloudfrontDistributionOrigin(
                origin_id=PRIMARY,
                domain_name=self.bucket.regional_domain_name,
                origin_access_control_id=self._access_control_id,
                origin_shield=shield,
                connection_attempts=_ATTEMPTS,
                connection_timeout=_ATTEMPT_SECONDS,
            ),
            CloudfrontDistributionOrigin(
                origin_id=STANDBY,
                domain_name=self._standby.regional_domain_name,
                origin_access_control_id=self._access_control_id,
            ),
        ]

    def render_failover(self) -> CloudfrontDistributionOriginGroup:
        """Return the origin group that uses the replica if the bucket fails."""
        return CloudfrontDistributionOriginGroup(
            origin_id=FAILOVER_GROUP,
            failover_criteria=CloudfrontDistributionOriginGroupFailoverCriteria(
                status_codes=list(_FAILOVER_CODES)
            ),
            member=[CloudfrontDistributionOriginGroupMember(origin_id=o) for o in (PRIMARY, STANDBY)],
        )

    def allow_distribution(self, arn: str) -> None:
        """Allow one distribution to read objects, and to list: S3 then answers 404 instead of 403."""
        distributions = Stack.of(self).arn("cloudfront", "distribution/*", region="")
        for bucket in (self.bucket, self._standby):
            for actions, resource in (("s3:GetObject", f"{bucket.arn}/*"), ("s3:ListBucket", bucket.arn)):
                bucket.add_statement(
                    Statement(
                        sid=f"CloudFront{actions.removeprefix('s3:')}",
                        actions=[actions],
                        resources=[resource],
                        principals={"Service": "cloudfront.amazonaws.com"},
                        conditions={"StringEquals": {"aws:SourceArn": arn}},
                    )
                )
            # A reference to the distribution would be circular: it would delay the keys and the encryption of
            # the buckets. The bucket policies restrict access to the one distribution.
            bucket.key.allow_service(
                "cloudfront.amazonaws.com",
                sid="cloudfront-reads",
                conditions={"ArnLike": {"aws:SourceArn": distributions}},
            )

    def grant_publish(self, grantee: Grantee) -> None:
        """Allow `grantee` to add, replace and remove files."""
        self.bucket.grant_read_write(grantee)

    def _origin_shield_region(self, region: str) -> str:
        if region not in _ORIGIN_SHIELD_REGIONS:
            raise ConstructError(
                self.node.path,
                f"no Origin Shield region is known for {region}",
                fix="Add the nearest one to _ORIGIN_SHIELD_REGIONS in constructs_arq/edge/site_buckets.py.",
            )
        return _ORIGIN_SHIELD_REGIONS[region]

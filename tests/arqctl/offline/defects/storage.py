"""Defects in buckets, image repositories and log groups."""

from tests.arqctl.offline.defects.defect_planting import Defect, Ref, apply_all, change_json, drop, put

_BUCKET, _SITE = "aws_s3_bucket", "site/site/bucket"
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
_REPLICATION = "aws_s3_bucket_replication_configuration"
_REPOSITORY, _LOGS = "aws_ecr_repository", "aws_cloudwatch_log_group"

DEFECTS = (
    Defect(
        "bucket-upper-case",
        _BUCKET,
        _SITE,
        apply_all(drop("bucket_prefix"), put("bucket", "ARQ-Site")),
        "bucket",
    ),
    Defect(
        "bucket-underscore",
        _BUCKET,
        _SITE,
        apply_all(drop("bucket_prefix"), put("bucket", "arq_site")),
        "bucket",
    ),
    Defect("bucket-name-and-prefix", _BUCKET, _SITE, put("bucket", "arq-site"), "bucket_prefix"),
    Defect("bucket-prefix-too-long", _BUCKET, _SITE, put("bucket_prefix", "p" * 38), "bucket_prefix"),
    Defect(
        "versioning-status",
        "aws_s3_bucket_versioning",
        f"{_SITE}/versioning",
        put("versioning_configuration.status", "On"),
        "status",
    ),
    Defect("lifecycle-status", _LIFECYCLE, f"{_SITE}/lifecycle", put("rule.0.status", "Active"), "status"),
    Defect(
        "lifecycle-class",
        _LIFECYCLE,
        f"{_SITE}/lifecycle",
        put("rule.0.transition", [{"days": 30, "storage_class": "COLD"}]),
        "storage_class",
    ),
    Defect(
        "lifecycle-transition-after-expiration",
        _LIFECYCLE,
        "access-logs/lifecycle",
        put("rule.0.transition", [{"days": 400, "storage_class": "GLACIER"}]),
        "days",
    ),
    Defect(
        "lifecycle-duplicate-rule-id",
        _LIFECYCLE,
        f"{_SITE}/lifecycle",
        put(
            "rule",
            [{"id": "expire", "status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 9}]}]
            * 2,
        ),
        "expire",
    ),
    Defect("lifecycle-rule-without-id", _LIFECYCLE, f"{_SITE}/lifecycle", drop("rule.0.id"), "id"),
    Defect(
        "encryption-algorithm",
        "aws_s3_bucket_server_side_encryption_configuration",
        f"{_SITE}/encryption",
        put("rule.0.apply_server_side_encryption_by_default.sse_algorithm", "AES-256"),
        "sse_algorithm",
    ),
    Defect(
        "encryption-aes256-with-key",
        "aws_s3_bucket_server_side_encryption_configuration",
        f"{_SITE}/encryption",
        put("rule.0.apply_server_side_encryption_by_default.sse_algorithm", "AES256"),
        "AES256",
    ),
    Defect(
        "ownership",
        "aws_s3_bucket_ownership_controls",
        f"{_SITE}/ownership",
        put("rule.object_ownership", "BucketOwner"),
        "object_ownership",
    ),
    Defect(
        "bucket-policy-without-principal",
        "aws_s3_bucket_policy",
        f"{_SITE}/policy",
        change_json("policy", drop("Statement.0.Principal")),
        "Principal",
    ),
    Defect(
        "bucket-policy-not-json",
        "aws_s3_bucket_policy",
        f"{_SITE}/policy",
        put("policy", "deny all"),
        "policy",
    ),
    Defect(
        "bucket-policy-other-bucket",
        "aws_s3_bucket_policy",
        f"{_SITE}/policy",
        change_json(
            "policy",
            put("Statement.0.Resource", ["arn:aws:s3:::somebody-elses", "arn:aws:s3:::somebody-elses/*"]),
        ),
        "somebody-elses",
    ),
    Defect("replication-status", _REPLICATION, "site/site/replication", put("rule.0.status", "On"), "status"),
    Defect(
        "replication-without-destination",
        _REPLICATION,
        "site/site/replication",
        drop("rule.0.destination"),
        "destination",
    ),
    Defect(
        "replication-role-is-a-key",
        _REPLICATION,
        "site/site/replication",
        put("role", Ref("aws_kms_key", "site/site/key", "arn")),
        "role",
    ),
    Defect(
        "access-log-format",
        "aws_cloudwatch_log_delivery_destination",
        "site/access-logs/destination",
        put("output_format", "xml"),
        "output_format",
    ),
    Defect(
        "images-mutability",
        _REPOSITORY,
        "images",
        put("image_tag_mutability", "FROZEN"),
        "image_tag_mutability",
    ),
    Defect("images-name", _REPOSITORY, "images", put("name", "Production/Images"), "name"),
    Defect(
        "images-encryption",
        _REPOSITORY,
        "images",
        put("encryption_configuration.0.encryption_type", "RSA"),
        "encryption_type",
    ),
    Defect(
        "images-lifecycle-not-json",
        "aws_ecr_lifecycle_policy",
        "images/lifecycle",
        put("policy", '{"rules": [}'),
        "policy",
    ),
    Defect(
        "images-lifecycle-count",
        "aws_ecr_lifecycle_policy",
        "images/lifecycle",
        change_json("policy", put("rules.0.selection.countType", "sinceImagePulledLast")),
        "countType",
    ),
    Defect("logs-for-17-days", _LOGS, "cluster/logs", put("retention_in_days", 17), "retention_in_days"),
    Defect("logs-name", _LOGS, "cluster/logs", put("name", "cluster logs"), "name"),
    Defect("logs-class", _LOGS, "cluster/logs", put("log_group_class", "COLD"), "log_group_class"),
    Defect("logs-key-by-name", _LOGS, "cluster/logs", put("kms_key_id", "alias/logs"), "kms_key_id"),
)

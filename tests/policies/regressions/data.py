"""Databases, caches, buckets and secrets."""

from policies.stack import Json
from tests.policies.ground import is_primary
from tests.policies.planting import Plant, adding, caught, drop, first, on_first, put, removing


def _database(path: str, value: Json) -> Plant:
    return on_first("aws_db_instance", put(path, value), where=is_primary)


DATABASE = first("aws_db_instance", is_primary)

REGRESSIONS = (
    caught("a database that a plan can delete", _database("deletion_protection", value=False), "CKV_ARQ_6"),
    caught("a database in one zone", _database("multi_az", value=False), "CKV_ARQ_7"),
    caught("a standby that depends on a variable", _database("multi_az", "${var.multi_az}"), "CKV_ARQ_7"),
    caught("a week of backups", _database("backup_retention_period", 7), "CKV_ARQ_8"),
    caught("no backups", _database("backup_retention_period", 0), "CKV_ARQ_8", "CKV_AWS_133"),
    caught("no final snapshot", _database("skip_final_snapshot", value=True), "CKV_ARQ_9"),
    caught(
        "backups that go with the database", _database("delete_automated_backups", value=True), "CKV_ARQ_10"
    ),
    caught(
        "a database under AWS's key",
        on_first("aws_db_instance", drop("kms_key_id"), where=is_primary),
        "CKV_ARQ_11",
    ),
    caught(
        "a database in plain text", _database("storage_encrypted", value=False), "CKV_ARQ_11", "CKV_AWS_16"
    ),
    caught("a password in the state", _database("password", "correct horse"), "CKV_ARQ_12"),
    caught("a database on the internet", _database("publicly_accessible", value=True), "CKV_AWS_17"),
    caught("a PostgreSQL past its support", _database("engine_version", "13.20"), "CKV_ARQ_13"),
    caught(
        "a database without IAM authentication",
        _database("iam_database_authentication_enabled", value=False),
        "CKV_AWS_161",
    ),
    caught(
        "no backups in another region",
        removing("aws_db_instance_automated_backups_replication", found_at=DATABASE),
        "CKV2_ARQ_7",
    ),
    caught(
        "a cache in one zone",
        on_first("aws_elasticache_replication_group", put("multi_az_enabled", value=False)),
        "CKV_ARQ_16",
    ),
    caught(
        "a cache without TLS",
        on_first("aws_elasticache_replication_group", put("transit_encryption_enabled", value=False)),
        "CKV_AWS_30",
    ),
    caught(
        "a cache in plain text",
        on_first("aws_elasticache_replication_group", put("at_rest_encryption_enabled", value=False)),
        "CKV_AWS_29",
    ),
    caught(
        "a bucket that empties itself",
        on_first("aws_s3_bucket", put("force_destroy", value=True)),
        "CKV_ARQ_18",
    ),
    caught(
        "a bucket that may become public",
        on_first("aws_s3_bucket_public_access_block", put("block_public_policy", value=False)),
        "CKV_AWS_54",
    ),
    caught(
        "a secret that is gone at once",
        adding("aws_secretsmanager_secret", lambda _: {"name": "planted", "recovery_window_in_days": 0}),
        "CKV_ARQ_26",
    ),
)

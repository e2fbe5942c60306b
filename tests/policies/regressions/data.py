"""Databases, caches, buckets and secrets."""

from policies.stack import Json
from tests.policies.mutations import (
    Mutation,
    add_resource,
    edit_first,
    first_address,
    regression,
    remove_resources,
    remove_value,
    set_value,
)
from tests.policies.network_mutations import is_primary


def _database(path: str, value: Json) -> Mutation:
    return edit_first("aws_db_instance", set_value(path, value), where=is_primary)


DATABASE = first_address("aws_db_instance", is_primary)

REGRESSIONS = (
    regression(
        "database without deletion protection", _database("deletion_protection", value=False), "CKV_ARQ_6"
    ),
    regression("database in one zone", _database("multi_az", value=False), "CKV_ARQ_7"),
    regression("Multi-AZ from a variable", _database("multi_az", "${var.multi_az}"), "CKV_ARQ_7"),
    regression("backup retention of a week", _database("backup_retention_period", 7), "CKV_ARQ_8"),
    regression("no backups", _database("backup_retention_period", 0), "CKV_ARQ_8", "CKV_AWS_133"),
    regression("no final snapshot", _database("skip_final_snapshot", value=True), "CKV_ARQ_9"),
    regression(
        "automated backups deleted with the database",
        _database("delete_automated_backups", value=True),
        "CKV_ARQ_10",
    ),
    regression(
        "database with AWS managed key",
        edit_first("aws_db_instance", remove_value("kms_key_id"), where=is_primary),
        "CKV_ARQ_11",
    ),
    regression(
        "unencrypted database", _database("storage_encrypted", value=False), "CKV_ARQ_11", "CKV_AWS_16"
    ),
    regression("password in the state", _database("password", "correct horse"), "CKV_ARQ_12"),
    regression("publicly accessible database", _database("publicly_accessible", value=True), "CKV_AWS_17"),
    regression("PostgreSQL after end of support", _database("engine_version", "13.20"), "CKV_ARQ_13"),
    regression(
        "database without IAM authentication",
        _database("iam_database_authentication_enabled", value=False),
        "CKV_AWS_161",
    ),
    regression(
        "no backups in another region",
        remove_resources("aws_db_instance_automated_backups_replication", reported_at=DATABASE),
        "CKV2_ARQ_7",
    ),
    regression(
        "cache in one zone",
        edit_first("aws_elasticache_replication_group", set_value("multi_az_enabled", value=False)),
        "CKV_ARQ_16",
    ),
    regression(
        "cache without TLS",
        edit_first("aws_elasticache_replication_group", set_value("transit_encryption_enabled", value=False)),
        "CKV_AWS_30",
    ),
    regression(
        "unencrypted cache",
        edit_first("aws_elasticache_replication_group", set_value("at_rest_encryption_enabled", value=False)),
        "CKV_AWS_29",
    ),
    regression(
        "bucket with force_destroy",
        edit_first("aws_s3_bucket", set_value("force_destroy", value=True)),
        "CKV_ARQ_18",
    ),
    regression(
        "bucket without public access block",
        edit_first("aws_s3_bucket_public_access_block", set_value("block_public_policy", value=False)),
        "CKV_AWS_54",
    ),
    regression(
        "secret without recovery window",
        add_resource(
            "aws_secretsmanager_secret", lambda _: {"name": "planted", "recovery_window_in_days": 0}
        ),
        "CKV_ARQ_26",
    ),
)

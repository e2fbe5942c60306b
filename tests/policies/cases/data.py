"""Databases, caches, buckets and secrets."""

from policies.stack import Json
from tests.policies.cases.example import Example, in_dev
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

DATABASE: dict[str, Json] = {
    "engine": "postgres",
    "engine_version": "17.6",
    "deletion_protection": True,
    "multi_az": True,
    "backup_retention_period": 35,
    "skip_final_snapshot": False,
    "final_snapshot_identifier": "production-final",
    "delete_automated_backups": False,
    "storage_encrypted": True,
    "kms_key_id": "${aws_kms_key.data.arn}",
    "manage_master_user_password": True,
}
UNMANAGED: dict[str, Json] = {**DATABASE, "manage_master_user_password": None}
REPLICA: dict[str, Json] = {"replicate_source_db": "${aws_db_instance.main.identifier}"}
CACHE: dict[str, Json] = {"multi_az_enabled": True, "automatic_failover_enabled": True}
COPY: dict[str, Json] = {
    "source_db_instance_arn": "${aws_db_instance.it.arn}",
    "kms_key_id": "${aws_kms_key.elsewhere.arn}",
}


def _database(**changes: Json) -> dict[str, dict[str, Json]]:
    return {"aws_db_instance.it": {**DATABASE, **changes}}


def _protection(rule: str, key: str, bad: Json, *, replica_too: bool = False) -> Example:
    """A rule on one attribute that protects a production database."""
    not_applicable = {"aws_db_instance.it": REPLICA}
    return Example(
        rule,
        passes=(_database(),),
        fails=(_database(**{key: bad}), _database(**{key: None})),
        unknown=(_database(**{key: "${var.it}"}),),
        not_applicable=(
            {"aws_db_instance.it": in_dev({**DATABASE, key: bad})},
            *(() if replica_too else (not_applicable,)),
        ),
    )


EXAMPLES = (
    _protection("CKV_ARQ_6", "deletion_protection", bad=False, replica_too=True),
    _protection("CKV_ARQ_7", "multi_az", bad=False),
    _protection("CKV_ARQ_8", "backup_retention_period", bad=7),
    Example(
        "CKV_ARQ_9",
        passes=(
            _database(final_snapshot_identifier="final-${aws_kms_key.it.key_id}"),
            _database(skip_final_snapshot=None),
        ),
        fails=(_database(skip_final_snapshot=True), _database(final_snapshot_identifier=None)),
        unknown=(_database(skip_final_snapshot="${var.skip}"),),
        not_applicable=({"aws_db_instance.it": in_dev({})}, {"aws_db_instance.it": REPLICA}),
    ),
    _protection("CKV_ARQ_10", "delete_automated_backups", bad=True),
    Example(
        "CKV_ARQ_11",
        passes=(_database(),),
        fails=(
            _database(kms_key_id=None),
            _database(kms_key_id=""),
            _database(kms_key_id="alias/aws/rds"),
            _database(storage_encrypted=False),
        ),
        unknown=(_database(kms_key_id="${var.own ? aws_kms_key.data.arn : null}"),),
        not_applicable=({"aws_db_instance.it": REPLICA},),
    ),
    Example(
        "CKV_ARQ_12",
        passes=(
            _database(),
            {"aws_db_instance.it": {**UNMANAGED, "password_wo": "${uuid()}"}},
        ),
        fails=(
            _database(manage_master_user_password=None),
            {"aws_db_instance.it": {**UNMANAGED, "password_wo": "in-the-code"}},
            {"aws_db_instance.it": {**DATABASE, "password": "in-the-state"}},
            {"aws_rds_cluster.it": {"manage_master_user_password": True, "master_password": "x"}},
        ),
        not_applicable=({"aws_db_instance.it": REPLICA},),
    ),
    Example(
        "CKV_ARQ_13",
        passes=(_database(), _database(engine_version="18"), _database(engine_version=17)),
        fails=(
            _database(engine_version="13.20"),
            _database(engine_version="9.6"),
            _database(engine_version=None),
        ),
        unknown=(_database(engine_version="${var.version}"), _database(engine_version="99")),
        not_applicable=({"aws_db_instance.it": REPLICA}, _database(engine="mysql")),
    ),
    Example(
        "CKV_ARQ_16",
        passes=({"aws_elasticache_replication_group.it": CACHE},),
        fails=(
            {"aws_elasticache_replication_group.it": {**CACHE, "multi_az_enabled": False}},
            {"aws_elasticache_replication_group.it": {"multi_az_enabled": True}},
        ),
        not_applicable=({"aws_elasticache_replication_group.it": in_dev({})},),
    ),
    Example(
        "CKV_ARQ_18",
        passes=({"aws_s3_bucket.it": {}}, {"aws_s3_bucket.it": {"force_destroy": False}}),
        fails=(
            {"aws_s3_bucket.it": {"force_destroy": True}},
            {"aws_s3_bucket.it": {"//": {}, "force_destroy": True}},
        ),
        unknown=({"aws_s3_bucket.it": {"force_destroy": "${var.empty_it}"}},),
        not_applicable=({"aws_s3_bucket.it": in_dev({"force_destroy": True})},),
    ),
    Example(
        "CKV_ARQ_26",
        passes=(
            {"aws_secretsmanager_secret.it": {}},
            {"aws_secretsmanager_secret.it": {"recovery_window_in_days": 7}},
        ),
        fails=(
            {"aws_secretsmanager_secret.it": {"recovery_window_in_days": 0}},
            {"aws_secretsmanager_secret.it": {"recovery_window_in_days": "soon"}},
        ),
    ),
    Example(
        "CKV2_ARQ_7",
        passes=({**_database(), "aws_db_instance_automated_backups_replication.copy": COPY},),
        fails=(
            _database(),
            {
                **_database(),
                "aws_db_instance_automated_backups_replication.copy": {
                    **COPY,
                    "source_db_instance_arn": "${aws_db_instance.other.arn}",
                },
            },
            {
                **_database(),
                "aws_db_instance_automated_backups_replication.copy": {
                    "source_db_instance_arn": "${aws_db_instance.it.arn}"
                },
            },
        ),
        not_applicable=({"aws_db_instance.it": REPLICA}, {"aws_db_instance.it": in_dev(DATABASE)}),
    ),
)


def _on_database(path: str, value: Json) -> Mutation:
    return edit_first("aws_db_instance", set_value(path, value), where=is_primary)


DATABASES = first_address("aws_db_instance", is_primary)

REGRESSIONS = (
    regression(
        "database without deletion protection",
        _on_database("deletion_protection", value=False),
        "CKV_ARQ_6",
    ),
    regression("database in one zone", _on_database("multi_az", value=False), "CKV_ARQ_7"),
    regression("Multi-AZ from a variable", _on_database("multi_az", "${var.multi_az}"), "CKV_ARQ_7"),
    regression("backup retention of a week", _on_database("backup_retention_period", 7), "CKV_ARQ_8"),
    regression("no backups", _on_database("backup_retention_period", 0), "CKV_ARQ_8", "CKV_AWS_133"),
    regression("no final snapshot", _on_database("skip_final_snapshot", value=True), "CKV_ARQ_9"),
    regression(
        "automated backups deleted with the database",
        _on_database("delete_automated_backups", value=True),
        "CKV_ARQ_10",
    ),
    regression(
        "database with AWS managed key",
        edit_first("aws_db_instance", remove_value("kms_key_id"), where=is_primary),
        "CKV_ARQ_11",
    ),
    regression(
        "unencrypted database",
        _on_database("storage_encrypted", value=False),
        "CKV_ARQ_11",
        "CKV_AWS_16",
    ),
    regression("password in the state", _on_database("password", "correct horse"), "CKV_ARQ_12"),
    regression("publicly accessible database", _on_database("publicly_accessible", value=True), "CKV_AWS_17"),
    regression("PostgreSQL after end of support", _on_database("engine_version", "13.20"), "CKV_ARQ_13"),
    regression(
        "database without IAM authentication",
        _on_database("iam_database_authentication_enabled", value=False),
        "CKV_AWS_161",
    ),
    regression(
        "no backups in another region",
        remove_resources("aws_db_instance_automated_backups_replication", reported_at=DATABASES),
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

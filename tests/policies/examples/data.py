"""Databases, caches, buckets and secrets."""

from policies.stack import Json
from tests.policies.examples.example import Example, in_dev

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

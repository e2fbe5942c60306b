"""Backups by AWS Backup: tags, vaults and plans."""

import json

from policies.stack import Json
from tests.policies.cases.example import Example
from tests.policies.mutations import add_resource, edit_first, regression, remove_value, set_value
from tests.policies.network_mutations import is_primary

VAULT: dict[str, Json] = {"name": "it", "kms_key_arn": "${aws_kms_key.it.arn}"}
POLICY: Json = json.dumps(
    {
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["backup:DeleteRecoveryPoint"],
            "Resource": "*",
        }
    }
)
DEFAULT_VAULT = "arn:aws:backup:eu-central-1:210987654321:backup-vault:Default"
LOCK: dict[str, Json] = {
    "backup_vault_name": "${aws_backup_vault.it.name}",
    "min_retention_days": 35,
    "max_retention_days": 365,
}
RULE: dict[str, Json] = {
    "rule_name": "daily",
    "target_vault_name": "it",
    "schedule": "cron(0 5 * * ? *)",
    "lifecycle": {"delete_after": 35},
}


def _database(tags: Json) -> dict[str, dict[str, Json]]:
    return {"aws_db_instance.it": {"tags": tags}}


def _bucket(tags: Json) -> dict[str, dict[str, Json]]:
    return {"aws_s3_bucket.it": {"tags": tags}}


def _vault(vault: dict[str, Json], **lock: Json) -> dict[str, dict[str, Json]]:
    return {
        "aws_backup_vault.it": vault,
        "aws_backup_vault_lock_configuration.it": {**LOCK, **lock},
        "aws_backup_vault_policy.it": {"backup_vault_name": LOCK["backup_vault_name"], "policy": POLICY},
        "aws_kms_key.it": {},
    }


SELECTION: dict[str, Json] = {
    "plan_id": "${aws_backup_plan.it.id}",
    "selection_tag": [{"key": "backup", "value": "daily"}],
}


def _plan(**changes: Json) -> dict[str, dict[str, Json]]:
    plan: dict[str, Json] = {"name": "it", "rule": [{**RULE, **changes}]}
    return {"aws_backup_plan.it": plan, "aws_backup_selection.it": SELECTION}


def _selection(**changes: Json) -> dict[str, dict[str, Json]]:
    return {**_plan(), "aws_backup_selection.it": {**SELECTION, **changes}}


def _copy(**lifecycle: Json) -> list[Json]:
    return [{"destination_vault_arn": "${aws_backup_vault.it.arn}", "lifecycle": lifecycle}]


EXAMPLES = (
    Example(
        "CKV_ARQ_60",
        passes=(
            _database({"backup": "daily"}),
            _bucket({"backup": "monthly"}),
            _bucket({"backup": "none", "backup-reason": "Access logs expire"}),
        ),
        fails=(
            _database(None),
            _database({"name": "it"}),
            _database({"backup": "weekly"}),
            _database({"backup": "none", "backup-reason": "It is a copy of another"}),
            _bucket({"backup": "none"}),
            _bucket({"backup": "none", "backup-reason": "   "}),
            {"aws_dynamodb_table.it": {}},
            {"aws_dsql_cluster.it": {}},
            {"aws_instance.it": {}},
            {"aws_fsx_ontap_volume.it": {}},
            {"aws_redshiftserverless_namespace.it": {}},
            {"aws_db_instance.it": {"replicate_source_db": "main", "final_snapshot_identifier": "promoted"}},
        ),
        unknown=(_database({"backup": "${var.it}"}), _bucket("${var.tags}")),
        not_applicable=({"aws_db_instance.it": {"replicate_source_db": "main"}},),
    ),
    Example(
        "CKV2_ARQ_14",
        passes=(_vault(VAULT),),
        fails=(
            {"aws_backup_vault.it": VAULT},
            _vault({"name": "it"}),
            _vault(VAULT, changeable_for_days=3),
            _vault(VAULT, min_retention_days=None),
            _vault(VAULT, max_retention_days=7),
            _vault(VAULT, min_retention_days=1),
            _vault({**VAULT, "kms_key_arn": "arn:aws:kms:eu-west-1:210987654321:alias/aws/backup"}),
            {**_vault(VAULT), "aws_backup_vault_policy.it": {}},
            {
                **_vault(VAULT),
                "aws_backup_vault_policy.it": {
                    "backup_vault_name": LOCK["backup_vault_name"],
                    "policy": str(POLICY).replace("Deny", "Allow"),
                },
            },
        ),
        unknown=(
            _vault(VAULT, min_retention_days="${var.it}"),
            _vault({**VAULT, "kms_key_arn": "${data.aws_kms_key.it.arn}"}),
        ),
    ),
    Example(
        "CKV_ARQ_61",
        passes=(
            _plan(),
            _plan(copy_action=_copy(delete_after=35), enable_continuous_backup=False),
            _selection(not_resources=["arn:aws:rds:eu-central-1:210987654321:db:awsbackup-restore-test-*"]),
            {
                **_plan(schedule="cron(0 5 1 * ? *)"),
                "aws_backup_selection.it": {
                    **SELECTION,
                    "selection_tag": [{"key": "backup", "value": "monthly"}],
                },
            },
        ),
        fails=(
            _plan(enable_continuous_backup=True),
            _plan(lifecycle=None),
            _plan(copy_action=_copy()),
            _plan(copy_action=_copy(delete_after=34)),
            _plan(target_vault_name="Default"),
            _plan(target_vault_name=None),
            _plan(copy_action=[{"destination_vault_arn": DEFAULT_VAULT, "lifecycle": {"delete_after": 35}}]),
            {**_plan(), "aws_backup_plan.it": {"name": "it"}},
            _plan(schedule=None),
            _plan(schedule="cron(0 5 1 1 ? 2099)"),
            # The tag of the selection promises a backup each day.
            _plan(schedule="cron(0 5 1 * ? *)"),
            _plan(lifecycle={"delete_after": 1}),
            {"aws_backup_plan.it": {"name": "it", "rule": [RULE]}},
            _selection(selection_tag=[{"key": "team", "value": "daily"}]),
            _selection(condition={"string_equals": [{"key": "aws:ResourceTag/x", "value": "y"}]}),
            _selection(not_resources=["arn:aws:rds:*:*:db:*"]),
        ),
        unknown=(_plan(enable_continuous_backup="${var.it}"), _plan(lifecycle={"delete_after": "${var.it}"})),
    ),
)

REGRESSIONS = (
    regression(
        "database without backups",
        edit_first("aws_db_instance", remove_value("tags"), where=is_primary),
        "CKV_ARQ_60",
    ),
    regression(
        "bucket without backups and reason",
        edit_first("aws_s3_bucket", set_value("tags", {"backup": "none"})),
        "CKV_ARQ_60",
    ),
    regression("vault without lock", add_resource("aws_backup_vault", lambda _: dict(VAULT)), "CKV2_ARQ_14"),
    regression(
        "continuous backups",
        add_resource(
            "aws_backup_plan",
            lambda _: {"name": "planted", "rule": [{**RULE, "enable_continuous_backup": True}]},
        ),
        "CKV_ARQ_61",
    ),
)

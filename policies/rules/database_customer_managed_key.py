"""Encryption keys of databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_set, is_true, pass_if


@rule(
    id="CKV_ARQ_11",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    why="The policy of an AWS managed key can't be changed, and snapshots encrypted with it can't be shared.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
)
def database_customer_managed_key(database: Block, _: Stack) -> Verdict:
    """Databases must use a customer managed key: set storage_encrypted = true and kms_key_id."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    key = database.get("kms_key_id")
    customer_managed = pass_if("alias/aws/" not in str(key))
    return all_pass([is_true(database.get("storage_encrypted")), is_set(key), customer_managed])

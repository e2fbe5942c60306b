"""Whoever controls the key controls the data: its policy, its log, its end."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, decided, is_given, is_true


@rule(
    id="CKV_ARQ_11",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    why="Nobody can narrow the policy of AWS's own key, nor share a snapshot that it encrypts.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html",
)
def database_customer_key(database: Block, _: Stack) -> Verdict:
    """A database is encrypted with a customer-managed key."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    key = database.get("kms_key_id")
    own = decided("alias/aws/" not in str(key))
    return all_hold([is_true(database.get("storage_encrypted")), is_given(key), own])

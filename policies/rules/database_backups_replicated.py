"""Backup replication of production databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if


@rule(
    id="CKV2_ARQ_7",
    severity="HIGH",
    on=("aws_db_instance",),
    production_only=True,
    why="Backups in the same region fail with it, and an attacker with its keys deletes both.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html",
)
def database_backups_replicated(database: Block, stack: Stack) -> Verdict:
    """Production RDS backups must be replicated to another region with a KMS key of that region."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    copies = stack.referrers(database, "aws_db_instance_automated_backups_replication")
    return pass_if(any(copy.get("kms_key_id") for copy in copies))

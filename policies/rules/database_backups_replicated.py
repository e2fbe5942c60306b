"""A region's loss isn't the loss of the data."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, decided


@rule(
    id="CKV2_ARQ_7",
    severity="HIGH",
    on=("aws_db_instance",),
    production_only=True,
    why="Backups in the same region go down with it, and an attacker with that region's keys deletes both.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html",
)
def database_backups_replicated(database: Block, stack: Stack) -> Verdict:
    """A production database's backups are replicated to another region, under a key there."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    copies = stack.referrers(database, "aws_db_instance_automated_backups_replication")
    return decided(any(copy.get("kms_key_id") for copy in copies))

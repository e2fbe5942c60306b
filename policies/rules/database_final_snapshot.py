"""The last state of a production database is kept, even when it is meant to go."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, decided, is_false, is_given


@rule(
    id="CKV_ARQ_9",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="Without a named final snapshot, a deletion loses the data or fails halfway.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html#USER_DeleteInstance.Snapshot",
)
def database_final_snapshot(database: Block, _: Stack) -> Verdict:
    """A production database leaves a final snapshot."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    skipped = database.get("skip_final_snapshot")
    not_skipped = decided(True) if skipped is None else is_false(skipped)
    return all_hold([not_skipped, is_given(database.get("final_snapshot_identifier"))])

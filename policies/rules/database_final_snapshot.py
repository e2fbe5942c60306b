"""Final snapshots of production databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_false, is_set, pass_if


@rule(
    id="CKV_ARQ_9",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="Without a named final snapshot, a deletion loses the data or fails halfway.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html#USER_DeleteInstance.Snapshot",
)
def database_final_snapshot(database: Block, _: Stack) -> Verdict:
    """Production databases must create a final snapshot: set final_snapshot_identifier."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    skip = database.get("skip_final_snapshot")
    not_skipped = pass_if(True) if skip is None else is_false(skip)
    return all_pass([not_skipped, is_set(database.get("final_snapshot_identifier"))])

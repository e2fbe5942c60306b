"""A production database outlives the loss of a zone."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_7",
    severity="HIGH",
    on=("aws_db_instance",),
    production_only=True,
    why="Without a standby in a second zone, a zone's failure is an outage until a restore is done.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html",
)
def database_multi_az(database: Block, _: Stack) -> Verdict:
    """A production database is Multi-AZ."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    return is_true(database.get("multi_az"))

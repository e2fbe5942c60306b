"""Multi-AZ production databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_7",
    severity="HIGH",
    on=("aws_db_instance",),
    production_only=True,
    why="Without a standby in a second zone, a zone failure is an outage until a restore has finished.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html",
)
def database_multi_az(database: Block, _: Stack) -> Verdict:
    """Production RDS databases must be Multi-AZ: set multi_az = true."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    return is_true(database.get("multi_az"))

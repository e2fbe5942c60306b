"""A PostgreSQL release past its support gets a surcharge, then a forced upgrade."""

from policies.databases import is_replica
from policies.lifecycle import is_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression


@rule(
    id="CKV_ARQ_13",
    severity="HIGH",
    on=("aws_db_instance",),
    why="After standard support RDS bills per vCPU for patches, and at last upgrades the database by itself.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
)
def database_version_supported(database: Block, _: Stack) -> Verdict:
    """A PostgreSQL database runs a release within its standard support."""
    engine = database.get("engine")
    if is_replica(database) or (engine != "postgres" and not is_expression(engine)):
        return Verdict.NOT_CONCERNED
    return is_supported("postgres", database.get("engine_version"))

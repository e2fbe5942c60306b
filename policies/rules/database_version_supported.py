"""PostgreSQL releases."""

from policies.databases import is_replica
from policies.lifecycle import is_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_expression


@rule(
    id="CKV_ARQ_13",
    severity="HIGH",
    on=("aws_db_instance",),
    why="After standard support, RDS charges per vCPU for patches and finally upgrades automatically.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
)
def database_version_supported(database: Block, _: Stack) -> Verdict:
    """PostgreSQL databases must run a release in standard support: upgrade engine_version."""
    engine = database.get("engine")
    if is_replica(database) or (engine != "postgres" and not is_expression(engine)):
        return Verdict.NOT_APPLICABLE
    return is_supported("postgres", database.get("engine_version"))

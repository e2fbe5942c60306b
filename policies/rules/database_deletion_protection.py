"""One wrong plan must not be able to delete a production database."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_6",
    severity="CRITICAL",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="A rename or a forced replacement deletes the database; protection makes RDS refuse.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
)
def database_deletion_protection(database: Block, _: Stack) -> Verdict:
    """A production database is protected from deletion."""
    return is_true(database.get("deletion_protection"))

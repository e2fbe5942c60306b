"""A password in the configuration is a password in the state file, in plain text."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, any_holds, decided, is_expression, is_true


@rule(
    id="CKV_ARQ_12",
    severity="CRITICAL",
    on=("aws_db_instance", "aws_rds_cluster"),
    why="Everybody who can read the state, or the code, can read the password, and nobody changes it.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
)
def database_password_unstored(database: Block, _: Stack) -> Verdict:
    """A database's master password stands neither in the code nor in the state."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    stored = any(database.get(key) is not None for key in ("password", "master_password"))
    managed = is_true(database.get("manage_master_user_password"))
    # Write-only arguments don't reach the state; an expression keeps them out of the code.
    write_only = [database.get(key) for key in ("password_wo", "master_password_wo")]
    unwritten = [decided(is_expression(value)) for value in write_only if value is not None]
    return all_hold([decided(not stored), any_holds([managed, *unwritten])])

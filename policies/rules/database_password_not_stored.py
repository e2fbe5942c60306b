"""Master passwords of databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_expression, is_true, pass_if


@rule(
    id="CKV_ARQ_12",
    severity="CRITICAL",
    on=("aws_db_instance", "aws_rds_cluster"),
    why="Everyone who can read the code or the state can read the password, and nobody rotates it.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
)
def database_password_not_stored(database: Block, _: Stack) -> Verdict:
    """Database passwords must not be in code or state: set manage_master_user_password = true."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    stored = any(database.get(key) is not None for key in ("password", "master_password"))
    managed = is_true(database.get("manage_master_user_password"))
    # Terraform doesn't store write-only arguments in the state. An expression keeps them out of the code.
    write_only = [database.get(key) for key in ("password_wo", "master_password_wo")]
    not_literal = [pass_if(is_expression(value)) for value in write_only if value is not None]
    return all_pass([pass_if(not stored), any_passes([managed, *not_literal])])

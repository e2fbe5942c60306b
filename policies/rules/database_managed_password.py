"""A password in the configuration is a password in the state file, in plain text."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, decided, is_true


@rule(
    id="CKV_ARQ_12",
    severity="CRITICAL",
    on=("aws_db_instance", "aws_rds_cluster"),
    why="Everybody who can read the state can read the password, and nobody rotates it.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
)
def database_managed_password(database: Block, _: Stack) -> Verdict:
    """A database's master password is made and rotated by RDS in Secrets Manager."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    unwritten = all(database.get(key) is None for key in ("password", "master_password"))
    return all_hold([decided(unwritten), is_true(database.get("manage_master_user_password"))])

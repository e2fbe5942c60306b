"""Helpers of the rules on RDS databases."""

from policies.stack import Block


def is_replica(database: Block) -> bool:
    """Return whether an instance is a read replica, which inherits many settings from its source."""
    return bool(database.get("replicate_source_db"))


def is_promoted(database: Block) -> bool:
    """Return whether an instance that was a replica is an own database: RDS makes no final snapshot of one.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    """
    return is_replica(database) and database.get("final_snapshot_identifier") is not None

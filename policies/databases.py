"""Helpers of the rules on RDS databases."""

from policies.stack import Block


def is_replica(database: Block) -> bool:
    """Return whether an instance is a read replica, which inherits many settings from its source."""
    return bool(database.get("replicate_source_db"))

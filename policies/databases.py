"""What the rules on databases share."""

from policies.stack import Block


def is_replica(database: Block) -> bool:
    """Tell whether an instance is a read replica, which takes much from its source."""
    return bool(database.get("replicate_source_db"))

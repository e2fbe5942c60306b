"""Environment of a block, read from the construct path that CDKTF writes to its metadata."""

from policies.stack import Block, at

# A block without a construct path gets the strictest rules.
DEFAULT_STACK_NAME = "production"
_PRODUCTION_NAMES = frozenset({"production", "prod", "bootstrap", "account", "paging"})


def stack_name(block: Block) -> str:
    """Return the first element of the construct path, or `production` if the block has none."""
    path = at(block.body, "//.metadata.path") if isinstance(block.body, dict) else None
    first = path.split("/", 1)[0] if isinstance(path, str) else ""
    return first or DEFAULT_STACK_NAME


def is_production(block: Block) -> bool:
    """Return whether production rules apply to a block.

    They apply if `production`, `prod`, `bootstrap`, `account` or `paging` is one of the words in the stack's
    name: `production`, `production-platform`, and stacks that protect others, such as `dev-bootstrap`,
    `dev-account` and `paging`.
    """
    return not _PRODUCTION_NAMES.isdisjoint(stack_name(block).lower().split("-"))

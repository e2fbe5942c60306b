"""Which environment a block belongs to, read from the construct path that CDKTF writes beside it."""

from policies.stack import Block, at

UNKNOWN_IS_PRODUCTION = "production"
_PRODUCTION_WORDS = frozenset({"production", "prod", "bootstrap"})


def stack_name(block: Block) -> str:
    """Return the first element of the construct's path; a block that doesn't say counts as production."""
    path = at(block.body, "//.metadata.path") if isinstance(block.body, dict) else None
    first = path.split("/", 1)[0] if isinstance(path, str) else ""
    return first or UNKNOWN_IS_PRODUCTION


def is_production(block: Block) -> bool:
    """Tell whether production's rules bind a block.

    They bind `production`, whatever runs in it (`production-platform`), and `bootstrap`: that one keeps
    production's state.
    """
    return not _PRODUCTION_WORDS.isdisjoint(stack_name(block).lower().split("-"))

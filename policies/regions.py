"""The region of a block, which its argument or its provider selects."""

from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, is_expression, pass_if


def find_region(block: Block, stack: Stack) -> str | None:
    """Return the region of a resource, or None if it is not literal."""
    region: Json = block.get("region")
    if region is None:
        provider = stack.blocks.get(f"provider.{block.get('provider') or 'aws'}")
        region = provider.get("region") if provider else None
    return region if isinstance(region, str) and not is_expression(region) else None


def in_other_regions(first: Block, second: Block, stack: Stack) -> Verdict:
    """Pass two resources in different regions. Regions that are not literal are UNKNOWN."""
    regions = find_region(first, stack), find_region(second, stack)
    return Verdict.UNKNOWN if None in regions else pass_if(regions[0] != regions[1])

"""Amazon Resource Names: the partition that a region is in."""

# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def partition(region: str) -> str:
    """Return the partition of a region, which is the second part of its ARNs: "aws" for "eu-west-1"."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")

"""Amazon Resource Names: partitions, and types of ARNs in configurations."""

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error
from constructs_arq.core.values import is_reference

# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_KEY = re.compile(r"arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:\d{12}:key/(mrk-)?[0-9a-f-]{32,36}")


def partition(region: str) -> str:
    """Return the partition of a region, which is the second part of its ARNs: "aws" for "eu-west-1"."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def _key_arn(value: str) -> str:
    if not _KEY.fullmatch(value) and not is_reference(value):
        raise validation_error(
            "must be the ARN of a KMS key, not of an alias",
            fix="Write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab.",
        )
    return value


KeyArn = Annotated[str, AfterValidator(_key_arn)]

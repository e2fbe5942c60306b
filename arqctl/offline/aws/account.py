"""Simulated AWS account: id, region and partition."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from arqctl.offline.values import Value

# No real account has this id.
PLACEHOLDER_ACCOUNT_ID = "000000000000"
DEFAULT_REGION = "us-east-1"
_ACCOUNT_IN_ARN = re.compile(r"^arn:[\w-]*:[^:]*:[^:]*:(\d{12}):")


@dataclass(frozen=True, slots=True)
class Account:
    """The account and region in which a provider configuration creates resources."""

    id: str = PLACEHOLDER_ACCOUNT_ID
    region: str = DEFAULT_REGION

    @property
    def partition(self) -> str:
        """The ARN partition of the region."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        if self.region.startswith("us-gov-"):
            return "aws-us-gov"
        return "aws-eusc" if self.region.startswith("eusc-") else "aws"

    @property
    def dns_suffix(self) -> str:
        """The domain suffix of the partition's host names."""
        return {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}.get(self.partition, "amazonaws.com")

    def for_resource(self, arguments: Mapping[str, Value]) -> "Account":
        """Return the account for one resource. Its `region` argument replaces the provider's region."""
        region = arguments.get("region")
        return replace(self, region=region) if isinstance(region, str) and region else self


def account_from_config(
    configuration: Mapping[str, Value], environ: Mapping[str, str] = os.environ
) -> Account:
    """Return the account and region of a provider configuration.

    The id is the lowest of `allowed_account_ids`, else that of the assumed role, else twelve zeros. The
    region is `region`, else `AWS_REGION` or `AWS_DEFAULT_REGION`, else us-east-1.
    """
    region = configuration.get("region")
    if not isinstance(region, str) or not region:
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    return Account(_allowed(configuration) or _assumed(configuration) or PLACEHOLDER_ACCOUNT_ID, region)


def default_tags_from_config(configuration: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return the tags of the provider block's `default_tags`."""
    blocks = configuration.get("default_tags")
    tags = [each.get("tags") for each in blocks if isinstance(each, dict)] if isinstance(blocks, list) else []
    return next((each for each in tags if isinstance(each, dict)), {})


def _allowed(configuration: Mapping[str, Value]) -> str:
    allowed = configuration.get("allowed_account_ids")
    known = [each for each in allowed if isinstance(each, str)] if isinstance(allowed, list) else []
    return min(known, default="")


def _assumed(configuration: Mapping[str, Value]) -> str:
    # Roles are assumed one after the other. Resources are created in the last one's account.
    for block in ("assume_role", "assume_role_with_web_identity"):
        roles = configuration.get(block)
        for role in reversed(roles) if isinstance(roles, list) else ():
            arn = role.get("role_arn") if isinstance(role, dict) else None
            if isinstance(arn, str) and (found := _ACCOUNT_IN_ARN.match(arn)):
                return found[1]
    return ""

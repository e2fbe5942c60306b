"""Data sources that list all resources of a type: `aws_cloudwatch_log_groups`, `aws_iam_roles`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore, StoredResource
from arqctl.offline.values import Value


@dataclass(frozen=True)
class _Listing:
    """The type that a data source lists, its names attribute, and its arguments."""

    type: str
    names: str
    prefixes: Mapping[str, str]
    """The attribute whose prefix an argument selects."""

    name_pattern: str = ""
    """The argument with a regular expression for names."""


_LISTINGS: Mapping[str, _Listing] = {
    "aws_cloudwatch_log_groups": _Listing(
        "aws_cloudwatch_log_group", "log_group_names", {"log_group_name_prefix": "name"}
    ),
    "aws_iam_roles": _Listing("aws_iam_role", "names", {"path_prefix": "path"}, name_pattern="name_regex"),
}


def is_listing(type: str) -> bool:
    """Return whether a data source lists resources."""
    return type in _LISTINGS


def list_resources(
    type: str, config: Mapping[str, Value], account: Account, store: ResourceStore
) -> dict[str, Value]:
    """Return the values of a listing data source."""
    listing = _LISTINGS[type]
    found = [
        each for each in store.list_resources(account, listing.type) if _is_listed(each, listing, config)
    ]
    return {
        "id": account.region,
        listing.names: [each.state.get("name") for each in found],
        "arns": [each.state.get("arn") for each in found],
    }


def _is_listed(resource: StoredResource, listing: _Listing, config: Mapping[str, Value]) -> bool:
    has_prefixes = all(
        str(resource.state.get(attribute) or "").startswith(str(config.get(argument) or ""))
        for argument, attribute in listing.prefixes.items()
    )
    pattern = str(config.get(listing.name_pattern) or "")
    return has_prefixes and re.search(pattern, str(resource.state.get("name"))) is not None

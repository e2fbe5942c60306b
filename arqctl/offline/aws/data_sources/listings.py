"""Data sources that list all resources of a type, such as `aws_cloudwatch_log_groups`."""

from collections.abc import Mapping
from dataclasses import dataclass

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.stored_resource import StoredResource
from arqctl.offline.values import Value


@dataclass(frozen=True)
class _Listing:
    """The type that a data source lists, its names attribute, and its arguments."""

    type: str
    names: str
    prefixes: Mapping[str, str]
    """The attribute whose prefix an argument selects."""


_LISTINGS: Mapping[str, _Listing] = {
    "aws_cloudwatch_log_groups": _Listing(
        "aws_cloudwatch_log_group", "log_group_names", {"log_group_name_prefix": "name"}
    ),
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
    return all(
        str(resource.state.get(attribute) or "").startswith(str(config.get(argument) or ""))
        for argument, attribute in listing.prefixes.items()
    )

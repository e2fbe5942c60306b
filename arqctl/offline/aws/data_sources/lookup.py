"""Finds resources in the store by a data source's arguments, filters and tags."""

from collections.abc import Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.stored_resource import StoredResource
from arqctl.offline.values import Value

# Arguments that select among several results or control the lookup. They match every resource.
_NON_CRITERIA = (
    "filter",
    "tags",
    "most_recent",
    "owners",
    "with_decryption",
    "include_deprecated",
    "timeouts",
    "region",
)
_ATTRIBUTES_BY_FILTER = {
    "group-name": "name",
    "group-id": "id",
    "cidr": "cidr_block",
    "cidr-block": "cidr_block",
    "availability-zone": "availability_zone",
    "availability-zone-id": "availability_zone_id",
    "vpc-id": "vpc_id",
    "subnet-id": "id",
    "route-table-id": "id",
    "owner-id": "owner_id",
}


def find_matching(
    store: ResourceStore, account: Account, type: str, config: Mapping[str, Value]
) -> list[StoredResource]:
    """Find all matching resources of a type, in order of ids. Every requested attribute must match."""
    return [each for each in store.list_resources(account, type) if _matches(each, config)]


def _matches(resource: StoredResource, config: Mapping[str, Value]) -> bool:
    criteria = {
        name: value
        for name, value in config.items()
        if name not in _NON_CRITERIA and value not in (None, [], "")
    }
    if not all(_argument_matches(resource, name, value) for name, value in criteria.items()):
        return False
    tags = config.get("tags")
    if isinstance(tags, dict) and not tags.items() <= _tags(resource).items():
        return False
    filters = config.get("filter")
    return all(_filter_matches(resource, each) for each in (filters if isinstance(filters, list) else ()))


def _argument_matches(resource: StoredResource, name: str, value: Value) -> bool:
    actual = resource.state.get(name, resource.id if name == "id" else None)
    if isinstance(value, str) and isinstance(actual, str):
        # Names of hosted zones may end with a dot.
        return value.rstrip(".") == actual.rstrip(".")
    # A missing attribute, or `false`, doesn't restrict the search: `private_zone = false`.
    return actual is None or actual == value or value is False


def _filter_matches(resource: StoredResource, filter: Value) -> bool:
    if not isinstance(filter, dict):
        return True
    name, values = str(filter.get("name")), filter.get("values")
    actual = (
        _tags(resource).get(name[4:]) if name.startswith("tag:") else _attribute_for_filter(resource, name)
    )
    if name == "tag-key":
        return any(each in _tags(resource) for each in (values if isinstance(values, list) else ()))
    return (
        isinstance(values, list)
        and actual is not None
        and any(_matches_pattern(str(actual), str(each)) for each in values)
    )


def _attribute_for_filter(resource: StoredResource, name: str) -> Value:
    attribute = _ATTRIBUTES_BY_FILTER.get(name, name.replace("-", "_"))
    return resource.id if attribute == "id" else resource.state.get(attribute)


def _matches_pattern(text: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few filters have a star

    return text == pattern or (("*" in pattern or "?" in pattern) and fnmatchcase(text, pattern))


def _tags(resource: StoredResource) -> Mapping[str, Value]:
    tags = resource.state.get("tags_all") or resource.state.get("tags")
    return tags if isinstance(tags, dict) else {}

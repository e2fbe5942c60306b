"""Finds resources in the store by a data source's arguments, filters and tags."""

from collections.abc import Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.resource_store import ResourceStore, StoredResource
from arqctl.offline.values import Value

# Arguments that select among several results or control the lookup. They match every resource.
_NO_CRITERIA = (
    "filter",
    "tags",
    "most_recent",
    "owners",
    "with_decryption",
    "include_deprecated",
    "timeouts",
    "region",
)
_FILTERS = {
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
    return [each for each in store.list_resources(account, type) if _fits(each, config)]


def _fits(entry: StoredResource, config: Mapping[str, Value]) -> bool:
    asked = {
        name: value
        for name, value in config.items()
        if name not in _NO_CRITERIA and value not in (None, [], "")
    }
    if not all(_equal(entry, name, value) for name, value in asked.items()):
        return False
    tags = config.get("tags")
    if isinstance(tags, dict) and not tags.items() <= _tags(entry).items():
        return False
    filters = config.get("filter")
    return all(_passes(entry, each) for each in (filters if isinstance(filters, list) else ()))


def _equal(entry: StoredResource, name: str, value: Value) -> bool:
    held = entry.state.get(name, entry.id if name == "id" else None)
    if isinstance(value, str) and isinstance(held, str):
        # Names of hosted zones may end with a dot.
        return value.rstrip(".") == held.rstrip(".")
    # A missing attribute, or `false`, doesn't restrict the search: `private_zone = false`.
    return held is None or held == value or value is False


def _passes(entry: StoredResource, filter: Value) -> bool:
    if not isinstance(filter, dict):
        return True
    name, values = str(filter.get("name")), filter.get("values")
    held = _tags(entry).get(name[4:]) if name.startswith("tag:") else _held(entry, name)
    if name == "tag-key":
        return any(each in _tags(entry) for each in (values if isinstance(values, list) else ()))
    return (
        isinstance(values, list) and held is not None and any(_like(str(held), str(each)) for each in values)
    )


def _held(entry: StoredResource, name: str) -> Value:
    attribute = _FILTERS.get(name, name.replace("-", "_"))
    return entry.id if attribute == "id" else entry.state.get(attribute)


def _like(text: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few filters have a star

    return text == pattern or (("*" in pattern or "?" in pattern) and fnmatchcase(text, pattern))


def _tags(entry: StoredResource) -> Mapping[str, Value]:
    tags = entry.state.get("tags_all") or entry.state.get("tags")
    return tags if isinstance(tags, dict) else {}

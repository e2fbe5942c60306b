"""Data sources of partitions, regions and availability zones."""

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.availability_zones import find_zone, list_zones
from arqctl.offline.aws.data_sources.arguments import Config, Values, get_string, get_strings
from arqctl.offline.aws.templates_data import region_names


def partition(_: Config, account: Account) -> Values:
    """Return the partition of the account."""
    reversed_suffix = ".".join(reversed(account.dns_suffix.split(".")))
    return {
        "id": account.partition,
        "partition": account.partition,
        "dns_suffix": account.dns_suffix,
        "reverse_dns_prefix": reversed_suffix,
    }


def region(config: Config, account: Account) -> Values:
    """Return a region: by name, else by endpoint, else that of the account."""
    given = get_string(config, "name") or get_string(config, "region")
    name = given or get_string(config, "endpoint").removeprefix("ec2.").split(".")[0] or account.region
    return {
        "id": name,
        "name": name,
        "region": name,
        "endpoint": f"ec2.{name}.{account.dns_suffix}",
        "description": region_names().get(name, name),
    }


def regions(_: Config, account: Account) -> Values:
    """Return all regions."""
    return {"id": account.partition, "names": [*sorted(region_names())]}


def availability_zones(config: Config, account: Account) -> Values:
    """Return the zones of the region, except the excluded ones."""
    excluded = {*get_strings(config, "exclude_names"), *get_strings(config, "exclude_zone_ids")}
    found = [each for each in list_zones(account.region) if not excluded & {each.name, each.id}]
    if config.get("state") not in (None, "", "available"):
        found = []
    return {
        "id": account.region,
        "names": [each.name for each in found],
        "zone_ids": [*sorted(each.id for each in found)],
        "group_names": [account.region] if found else [],
    }


def availability_zone(config: Config, account: Account) -> Values:
    """Return a zone by name or id, else the first one of the region."""
    name_or_id = get_string(config, "name") or get_string(config, "zone_id")
    found = find_zone(account.region, name_or_id) or list_zones(account.region)[0]
    return {
        "id": found.name,
        "name": found.name,
        "zone_id": found.id,
        "name_suffix": found.name.removeprefix(account.region),
        "region": account.region,
        "group_name": account.region,
        "group_long_name": region_names().get(account.region, account.region),
        "network_border_group": account.region,
        "opt_in_status": "opt-in-not-required",
        "parent_zone_id": "",
        "parent_zone_name": "",
        "state": "available",
        "zone_type": "availability-zone",
    }

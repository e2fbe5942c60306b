"""Reads templates.json: attribute templates by type, id prefixes, ARN services and data of regions."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arqctl.offline.values import Value

_DATA = Path(__file__).with_name("templates.json")


def attribute_templates(type: str) -> Mapping[str, Value]:
    """Return the templates by attribute; values may be nested. Most types have none."""
    return _data()["attribute_templates"].get(type, {})


def id_prefix(type: str) -> str:
    """Return the prefix of a type's ids if they are `PREFIX-` and 17 hexadecimal digits, else ""."""
    return _lookup("id_prefixes", type)


def arn_service_for_prefix(beginning: str) -> str:
    """Return the ARN service for the prefix of a type's name, or "" if the prefix is unknown."""
    return _lookup("arn_services", beginning)


def s3_hosted_zone(region: str) -> str:
    """Return the hosted zone id of S3 websites in a region, or "" if it is unknown."""
    return _lookup("s3_hosted_zones", region)


def load_balancer_hosted_zone(region: str) -> str:
    """Return the hosted zone id of application load balancers in a region, or "" if it is unknown."""
    return _lookup("load_balancer_hosted_zones", region)


def load_balancer_account(region: str) -> str:
    """Return the account that writes load balancer logs in a region, or "" if it is unknown."""
    return _lookup("load_balancer_accounts", region)


def region_names() -> Mapping[str, str]:
    """Return the regions of the standard partition with their long names."""
    return {name: str(each) for name, each in _data()["regions"].items()}


def _lookup(table: str, key: str) -> str:
    return str(_data()[table].get(key, ""))


@cache
def _data() -> dict[str, dict[str, dict[str, Value]]]:
    loaded: dict[str, dict[str, dict[str, Value]]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded

"""Reads templates.json: attribute templates by type, id prefixes, ARN services and data of regions."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arqctl.offline.values import Value

_DATA = Path(__file__).with_name("templates.json")


def attribute_templates(type: str) -> Mapping[str, Value]:
    """Return the templates by attribute; values may be nested. Most types have none."""
    return _data()["answers"].get(type, {})


def id_prefix(type: str) -> str:
    """Return the prefix of a type's ids if they are `PREFIX-` and 17 hexadecimal digits, else ""."""
    return _text("id_prefixes", type)


def service_for_prefix(beginning: str) -> str:
    """Return the ARN service for the prefix of a type's name, or "" if the prefix is unknown."""
    return _text("services", beginning)


def s3_zone(region: str) -> str:
    """Return the hosted zone id of S3 websites in a region, or "" if it is unknown."""
    return _text("s3_zones", region)


def load_balancer_zone(region: str) -> str:
    """Return the hosted zone id of application load balancers in a region, or "" if it is unknown."""
    return _text("load_balancer_zones", region)


def load_balancer_account(region: str) -> str:
    """Return the account that writes load balancer logs in a region, or "" if it is unknown."""
    return _text("load_balancer_accounts", region)


def regions() -> Mapping[str, str]:
    """Return the regions of the standard partition with their long names."""
    return {name: str(each) for name, each in _data()["regions"].items()}


def _text(table: str, key: str) -> str:
    return str(_data()[table].get(key, ""))


@cache
def _data() -> dict[str, dict[str, dict[str, Value]]]:
    loaded: dict[str, dict[str, dict[str, Value]]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded

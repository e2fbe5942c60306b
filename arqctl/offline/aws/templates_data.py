"""The data file beside this: what AWS answers, type by type, how ids begin, and facts of regions."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arqctl.offline.values import Value

_DATA = Path(__file__).with_name("templates.json")


def attribute_templates(type: str) -> Mapping[str, Value]:
    """For each attribute: a template, or a structure of templates and constants. Empty for most types."""
    return _data()["answers"].get(type, {})


def id_prefix(type: str) -> str:
    """How its ids begin, if they are `PREFIX-` and seventeen hexadecimal digits; else ""."""
    return _text("id_prefixes", type)


def service_for_prefix(beginning: str) -> str:
    """The service that an ARN names, for how a type's name begins; "" if that begins no type."""
    return _text("services", beginning)


def s3_zone(region: str) -> str:
    """The hosted zone of S3's websites in a region; "" where it isn't known here."""
    return _text("s3_zones", region)


def load_balancer_zone(region: str) -> str:
    """The hosted zone of a region's application load balancers; "" where it isn't known here."""
    return _text("load_balancer_zones", region)


def load_balancer_account(region: str) -> str:
    """The account that writes a region's load balancer logs; "" where it isn't known here."""
    return _text("load_balancer_accounts", region)


def regions() -> Mapping[str, str]:
    """The regions of the usual partition, with what AWS calls them."""
    return {name: str(each) for name, each in _data()["regions"].items()}


def _text(table: str, key: str) -> str:
    return str(_data()[table].get(key, ""))


@cache
def _data() -> dict[str, dict[str, dict[str, Value]]]:
    loaded: dict[str, dict[str, dict[str, Value]]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded

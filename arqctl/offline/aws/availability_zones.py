"""Availability zones by name and by id: `eu-west-1a` is `euw1-az1`.

In real AWS each account has its own mapping. Here `a` is always `az1`, and so on.
"""

import re
from dataclasses import dataclass

_USUAL = "abc"
# The letters of regions whose zones are not a, b and c.
_LETTERS = {
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "cn-north-1": "abd",
}
_REGION = re.compile(
    r"^([a-z]{2,4})-(gov-)?(north|south|east|west|central|northeast|northwest|southeast)-(\d+)$"
)
_DIRECTIONS = {
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "central": "c",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
}


@dataclass(frozen=True, slots=True)
class Zone:
    """One availability zone."""

    name: str
    id: str


def is_region(region: str) -> bool:
    """Return whether a string has the form of a region's name."""
    return _REGION.match(region) is not None


def region_code(region: str) -> str:
    """Return the prefix of zone ids, like `euw1` for eu-west-1. Return the argument if it is no region."""
    found = _REGION.match(region)
    if not found:
        return region
    area, government, direction, number = found.groups()
    return f"{area}{'g' if government else ''}{_DIRECTIONS[direction]}{number}"


def list_zones(region: str) -> tuple[Zone, ...]:
    """List the zones of a region, in order of their names."""
    code = region_code(region)
    return tuple(
        Zone(f"{region}{letter}", f"{code}-az{ord(letter) - ord('a') + 1}")
        for letter in _LETTERS.get(region, _USUAL)
    )


def find_zone(region: str, name_or_id: str) -> Zone | None:
    """Find a region's zone by name or id. Return None if there is none."""
    return next((each for each in list_zones(region) if name_or_id in (each.name, each.id)), None)

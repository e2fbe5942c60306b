"""Checks whether an instance size such as `m7g.large` or `db.t4g.micro` exists in a region.

The lists are as old as the installed cfn-lint, and AWS adds sizes every month. So a size is rejected only if

- another region has it and this one doesn't, or
- its family is known, but no family has that size, or
- its family is neither known nor a next generation of a known one.
"""

import re
from collections.abc import Collection

_FAMILY = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<options>[a-z0-9-]*)")
_GENERATIONS_AHEAD = 2
_SERVERLESS = frozenset({"db.serverless"})
"""Valid values that aren't sizes, so cfn-lint's lists omit them."""


def size_error(size: str, here: Collection[str], anywhere: Collection[str]) -> str:
    """Return why a size doesn't exist, or "". `here`: sizes of the region, `anywhere`: of all regions."""
    if size in here or size in _SERVERLESS:
        return ""
    if size in anywhere:
        return "exists, but not in this region"
    family, plain = _split_size(size)
    families = {_split_size(each)[0] for each in anywhere}
    if family in families or _is_next_generation(family, families):
        return (
            ""
            if plain in {_split_size(each)[1] for each in anywhere}
            else "has a known family, but the family has no such size"
        )
    return "has an unknown family"


def _split_size(size: str) -> tuple[str, str]:
    """Split a size into its family and the rest: `db.m7g.large` into `m7g` and `db..large`."""
    words = size.split(".")
    at = next((at for at, word in enumerate(words) if _FAMILY.fullmatch(word)), 0)
    return words[at], ".".join((*words[:at], "", *words[at + 1 :]))


def _is_next_generation(family: str, families: Collection[str]) -> bool:
    match = _FAMILY.fullmatch(family)
    is_available = [int(each["generation"]) for name in families if (each := _same_series(match, name))]
    # AWS retires old generations and doesn't bring them back.
    return (
        match is not None
        and bool(is_available)
        and min(is_available) <= int(match["generation"]) <= max(is_available) + _GENERATIONS_AHEAD
    )


def _same_series(match: re.Match[str] | None, name: str) -> re.Match[str] | None:
    other = _FAMILY.fullmatch(name)
    return other if match and other and other["series"] == match["series"] else None

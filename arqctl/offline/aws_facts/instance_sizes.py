"""Whether a size such as `m7g.large` or `db.t4g.micro` exists in a region, and what newer ones may be.

The lists are as old as the package that carries them, and AWS adds sizes every month. So a size is refused
when another region is known to have it and this one isn't, or when it can't be a newer one: its family is
known but no family has that size, or its family is neither known nor the next generation of a known one.
"""

import re
from collections.abc import Collection

_FAMILY = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<options>[a-z0-9-]*)")
_GENERATIONS_AHEAD = 2
_SERVERLESS = frozenset({"db.serverless"})
"""Sizes that are none, and that price lists leave out."""


def misfit(size: str, here: Collection[str], anywhere: Collection[str]) -> str:
    """What is wrong with a size, or nothing. `here` exist in the region, `anywhere` in some region."""
    if size in here or size in _SERVERLESS:
        return ""
    if size in anywhere:
        return "exists, but not in this region"
    family, plain = _parts(size)
    families = {_parts(each)[0] for each in anywhere}
    if family in families or _is_next(family, families):
        return (
            ""
            if plain in {_parts(each)[1] for each in anywhere}
            else "is of a known family, but no such size"
        )
    return "is of no known family"


def _parts(size: str) -> tuple[str, str]:
    """The family, and what stands around it: `m7g` and `db..large` of `db.m7g.large`."""
    words = size.split(".")
    at = next((at for at, word in enumerate(words) if _FAMILY.fullmatch(word)), 0)
    return words[at], ".".join((*words[:at], "", *words[at + 1 :]))


def _is_next(family: str, families: Collection[str]) -> bool:
    match = _FAMILY.fullmatch(family)
    known = [int(each["generation"]) for name in families if (each := _same_series(match, name))]
    # What is older than all that is known is gone, and doesn't come back.
    return (
        match is not None
        and bool(known)
        and min(known) <= int(match["generation"]) <= max(known) + _GENERATIONS_AHEAD
    )


def _same_series(match: re.Match[str] | None, name: str) -> re.Match[str] | None:
    other = _FAMILY.fullmatch(name)
    return other if match and other and other["series"] == match["series"] else None

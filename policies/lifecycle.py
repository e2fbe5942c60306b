"""Until when AWS supports a version in its standard support, from lifecycle.toml."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from policies import clock
from policies.stack import Json
from policies.verdict import Verdict, decided, is_expression

_TABLE = Path(__file__).with_name("lifecycle.toml")


@cache
def _ends(product: str) -> dict[tuple[int, ...], date]:
    with _TABLE.open("rb") as file:
        table = tomllib.load(file)
    return {_parts(version): end for version, end in table[product]["standard_support_ends"].items()}


def is_supported(product: str, version: Json, *, significant_parts: int) -> Verdict:
    """Judge a version by date: past its support fails, newer than the table knows is UNKNOWN.

    Args:
        product: a table of lifecycle.toml.
        version: as the resource states it, such as `1.35` or `17.6`.
        significant_parts: how many of its numbers make a release (2 for Kubernetes, 1 for PostgreSQL).
    """
    if is_expression(version):
        return Verdict.UNKNOWN
    try:
        release = _parts(str(version))[:significant_parts]
    except ValueError:
        return Verdict.FAIL
    ends = _ends(product)
    if release > max(ends):
        return Verdict.UNKNOWN
    end = ends.get(release)
    return decided(end is not None and clock.today() <= end)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))

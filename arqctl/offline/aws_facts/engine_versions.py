"""Checks whether a database engine has a version, given a dated list of versions.

A version passes if it is listed, if it is the prefix of a listed one ("17" or "8.0": AWS picks the rest), or
if it may be newer than the list: a few minor versions after the last listed one, or the next major version.
"""

from collections.abc import Iterable

_MAX_MINORS_AHEAD = 8
"""Two years of PostgreSQL's four minor versions a year."""

VersionNumbers = tuple[int, ...]


def is_available(version: str, listed: Iterable[str]) -> bool:
    """Return whether a version is listed or may be newer than the list."""
    versions = tuple(listed)
    if version in versions or any(each.startswith(f"{version}.") for each in versions):
        return True
    if version.endswith(".x"):
        minors = version.removesuffix(".x")
        return any(each == minors or each.startswith(f"{minors}.") for each in versions)
    numbers = _version_numbers(version)
    available = [each for each in map(_version_numbers, versions) if each]
    return bool(numbers and available) and (
        _is_next_minor(numbers, available) or _is_next_major(numbers, available)
    )


def _is_next_minor(numbers: VersionNumbers, available: list[VersionNumbers]) -> bool:
    minors = [each[-1] for each in available if len(each) == len(numbers) > 1 and each[:-1] == numbers[:-1]]
    return bool(minors) and max(minors) < numbers[-1] <= max(minors) + _MAX_MINORS_AHEAD


def _is_next_major(numbers: VersionNumbers, available: list[VersionNumbers]) -> bool:
    return numbers[0] == max(each[0] for each in available) + 1


def _version_numbers(version: str) -> VersionNumbers:
    words = version.split(".")
    return tuple(map(int, words)) if all(word.isdecimal() for word in words) else ()

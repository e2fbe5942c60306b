"""Whether an engine has a version, by a list of those that were known when it was made.

A version passes when it is listed, when it begins a listed one ("17" or "8.0": AWS picks the rest), and when
it may be newer than the list: up to a few minor versions after the last of its line, or the next major one.
"""

from collections.abc import Iterable

_MINORS_AHEAD = 8
"""PostgreSQL has four a year."""

Parts = tuple[int, ...]


def known(version: str, listed: Iterable[str]) -> bool:
    """Whether an engine with those versions has this one, or may have got it since."""
    versions = tuple(listed)
    if version in versions or any(each.startswith(f"{version}.") for each in versions):
        return True
    if version.endswith(".x"):
        line = version.removesuffix(".x")
        return any(each == line or each.startswith(f"{line}.") for each in versions)
    parts = _parts(version)
    numbers = [each for each in map(_parts, versions) if each]
    return bool(parts and numbers) and (_is_next_minor(parts, numbers) or _is_next_major(parts, numbers))


def _is_next_minor(parts: Parts, numbers: list[Parts]) -> bool:
    line = [each[-1] for each in numbers if len(each) == len(parts) > 1 and each[:-1] == parts[:-1]]
    return bool(line) and max(line) < parts[-1] <= max(line) + _MINORS_AHEAD


def _is_next_major(parts: Parts, numbers: list[Parts]) -> bool:
    return parts[0] == max(each[0] for each in numbers) + 1


def _parts(version: str) -> Parts:
    words = version.split(".")
    return tuple(map(int, words)) if all(word.isdecimal() for word in words) else ()

"""Matches Terraform's argument names with AWS's member names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache


@cache
def normalize_name(name: str) -> str:
    """Return a name without case and separators: `vpc_id`, `VpcId` and `VPCId` become `vpcid`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A matching member. `is_exact`: the names differ at most in case, plural and the described noun."""

    name: str
    is_exact: bool


class NameMatcher:
    """Finds the member of one object that corresponds to an argument."""

    def __init__(self, members: Iterable[str], noun: str = "") -> None:
        """Take the members' names and the noun that the object describes (`DBCluster`)."""
        self._noun_forms = tuple(_noun_forms(noun))
        self._members: Mapping[str, str] = {normalize_name(name): name for name in members}
        self.find = cache(self._find)

    def _find(self, argument: str) -> NameMatch | None:
        """Return the member that corresponds to an argument, or None."""
        key = normalize_name(argument)
        for variant in (*_equivalent_names(key), *(noun + key for noun in self._noun_forms), f"db{key}"):
            if variant in self._members:
                return NameMatch(self._members[variant], is_exact=True)
        for variant in self._similar_names(argument, key):
            if variant in self._members:
                return NameMatch(self._members[variant], is_exact=False)
        return None

    def _similar_names(self, argument: str, key: str) -> Iterator[str]:
        for noun in self._noun_forms:
            if key.startswith(noun) and key != noun:
                yield key.removeprefix(noun)
        yield f"{key}document"
        for ending in ("arn", "id", "name", "arns", "ids", "names", "configuration"):
            if key.endswith(ending):
                base = key.removesuffix(ending)
                yield base
                yield f"{base}s" if ending.endswith("s") else base
            else:
                yield key + ending
        yield key.replace("config", "configuration")
        yield key.replace("configuration", "config")
        yield key.replace("identifier", "id")
        words = argument.split("_")
        if words[0] in ("enable", "enabled"):
            yield "".join(words[1:]) + "enabled"
            yield "enable" + "".join(words[1:])
            yield "".join(words[1:])
        if words[-1] == "enabled":
            yield "enable" + "".join(words[:-1])


@cache
def name_matcher(members: tuple[str, ...], noun: str) -> NameMatcher:
    """Return the cached matcher of these members."""
    return NameMatcher(members, noun)


def _equivalent_names(key: str) -> Iterator[str]:
    yield key
    yield f"{key}s"
    yield f"{key}es"
    if key.endswith("y"):
        yield f"{key[:-1]}ies"
    if key.endswith("s"):
        yield key[:-1]


def _noun_forms(noun: str) -> Iterator[str]:
    """Yield the noun, the noun without `db`, and its last word: `dbcluster`, `cluster`."""
    if noun:
        whole = normalize_name(noun)
        last = normalize_name(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", noun)[-1])
        yield from dict.fromkeys((whole, whole.removeprefix("db"), last))

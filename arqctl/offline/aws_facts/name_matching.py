"""How Terraform's name of an argument and AWS's name of the same thing find each other."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache


@cache
def squashed(name: str) -> str:
    """A name without case and separators: `vpc_id`, `VpcId` and `VPCId` are all `vpcid`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, slots=True)
class Spelled:
    """The member found, and whether the names are the same but for case, plural and the thing's own name."""

    name: str
    same: bool


class Speller:
    """Finds the member that an argument means, among the members of one object."""

    def __init__(self, members: Iterable[str], noun: str = "") -> None:
        """Take the members' names, and the noun of the thing they describe (`DBCluster`)."""
        self._nouns = tuple(_nouns(noun))
        self._members: Mapping[str, str] = {squashed(name): name for name in members}
        self.find = cache(self._find)

    def _find(self, argument: str) -> Spelled | None:
        """The member that an argument means, or None."""
        key = squashed(argument)
        for variant in (*_same(key), *(noun + key for noun in self._nouns), f"db{key}"):
            if variant in self._members:
                return Spelled(self._members[variant], same=True)
        for variant in self._kindred(argument, key):
            if variant in self._members:
                return Spelled(self._members[variant], same=False)
        return None

    def _kindred(self, argument: str, key: str) -> Iterator[str]:
        for noun in self._nouns:
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
def speller_of(members: tuple[str, ...], noun: str) -> Speller:
    """The speller of those members; one for all objects that have them."""
    return Speller(members, noun)


def _same(key: str) -> Iterator[str]:
    yield key
    yield f"{key}s"
    yield f"{key}es"
    if key.endswith("y"):
        yield f"{key[:-1]}ies"
    if key.endswith("s"):
        yield key[:-1]


def _nouns(noun: str) -> Iterator[str]:
    """The whole, without what is said before it, and its last word: `dbcluster`, `cluster`."""
    if noun:
        whole = squashed(noun)
        last = squashed(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", noun)[-1])
        yield from dict.fromkeys((whole, whole.removeprefix("db"), last))

"""The graph of a stack's resources by which Terraform orders their creation."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cached_property
from typing import Any

Body = dict[str, Any]

_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_ADDRESS = re.compile(r"(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+")


class DependencyGraph:
    """Resources and data sources by address, and those that each waits for: references and `depends_on`."""

    def __init__(self, document: Body) -> None:
        self.document = document
        self.blocks: dict[str, Body] = {
            f"{prefix}{type_}.{name}": body
            for kind, prefix in (("resource", ""), ("data", "data."))
            for type_, named in document.get(kind, {}).items()
            for name, body in named.items()
        }

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """The addresses that each address refers to directly."""
        return {address: self.references(body) for address, body in self.blocks.items()}

    @cached_property
    def closure(self) -> dict[str, set[str]]:
        """The addresses that exist before each address is created."""
        found: dict[str, set[str]] = {}
        for address in self.blocks:
            self._visit(address, found)
        return found

    def references(self, value: object) -> set[str]:
        """Return the addresses in the expressions of a value."""
        return {each for text in _texts(value) for each in _ADDRESS.findall(text) if each in self.blocks}

    def of_type(self, *types: str) -> list[str]:
        """Return the addresses of all resources of these types."""
        return sorted(address for address in self.blocks if address.rpartition(".")[0] in types)

    def refer_to(self, target: str, type_: str, argument: str) -> list[str]:
        """Return the resources of a type whose argument refers to an address."""
        return [
            address
            for address in self.of_type(type_)
            if target in self.references(self.blocks[address].get(argument))
        ]

    def path(self, address: str) -> str:
        """Return the construct path."""
        path: str = self.blocks[address]["//"]["metadata"]["path"]
        return path

    def waits_for(self, later: str, earlier: str) -> bool:
        """Return whether Terraform creates one resource after another."""
        return earlier in self.closure[later]

    def without_edges(self, later: str, is_earlier: Callable[[str], bool]) -> "DependencyGraph":
        """Return the graph of a stack in which a resource does not wait for those, not indirectly either."""
        removed = {
            each
            for each in self.edges[later]
            if is_earlier(each) or any(is_earlier(before) for before in self.closure[each])
        }
        document = deepcopy(self.document)
        type_, _, name = later.rpartition(".")
        document["resource"][type_][name] = _without(self.blocks[later], removed)
        return DependencyGraph(document)

    def _visit(self, address: str, found: dict[str, set[str]]) -> set[str]:
        if address not in found:
            found[address] = set()  # A cycle would be an error of Terraform.
            direct = self.edges[address]
            found[address] = direct.union(*(self._visit(each, found) for each in direct))
        return found[address]


def _texts(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, item in value.items():
                if key == "depends_on":
                    yield from item
                elif key != "//":
                    yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
        case str():
            yield from _EXPRESSION.findall(value)


def _without(value: Any, removed: set[str]) -> Any:
    """Return the value with a literal in place of each expression that refers to a removed address."""
    match value:
        case dict():
            return {
                key: [each for each in item if each not in removed]
                if key == "depends_on"
                else _without(item, removed)
                for key, item in value.items()
            }
        case list():
            return [_without(item, removed) for item in value]
        case str():
            return _EXPRESSION.sub(
                lambda match: "literal" if removed.intersection(_ADDRESS.findall(match[0])) else match[0],
                value,
            )
    return value

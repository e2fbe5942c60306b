"""What a planted defect is, and the few words in which the catalogue plants them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
"""A stack's Terraform JSON."""

Plant = Callable[[Document, Any], None]
"""Spoils a resource's body, or a part of it, in a document."""


@dataclass(frozen=True)
class Ref:
    """A value that refers to the attribute of a resource."""

    type: str
    at: str
    attribute: str


@dataclass(frozen=True)
class Defect:
    """One defect. Resources are found by type and construct path, which no renaming of addresses changes.

    `says` is what a message has to contain besides the resource: the argument, or the value that is wrong.
    Where two resources don't go together, the later of them is refused: `either` is the other's path. Where
    it isn't the spoilt resource that is blamed, `address` says which.
    """

    name: str
    type: str
    at: str
    plant: Plant
    says: str
    either: str = ""
    address: str = ""

    def spoil(self, document: Document) -> None:
        """Plant it."""
        self.plant(document, resource(document, self.type, self.at)[1])

    def blamed(self, document: Document) -> tuple[str, ...]:
        """The addresses of which a message has to name one."""
        if self.address:
            return (self.address,)
        paths = [self.at, self.either] if self.either else [self.at]
        return tuple(f"{self.type}.{resource(document, self.type, path)[0]}" for path in paths)


def resource(document: Document, type: str, at: str) -> tuple[str, Document]:
    """Name and body of the only resource of a type at a construct path, without the stack's name."""
    wanted = (at, f"{at}/Default")
    found = [
        (name, body)
        for name, body in document["resource"][type].items()
        if body["//"]["metadata"]["path"].split("/", 1)[1] in wanted
    ]
    assert len(found) == 1, f"{len(found)} {type} at {at}"
    return found[0]


def put(path: str, value: object) -> Plant:
    """Set an argument, also one deep in blocks: `rule.0.priority`. Blocks that are missing are made."""

    def plant(document: Document, part: Any) -> None:
        *way, last = path.split(".")
        for step in way:
            part = part[int(step)] if isinstance(part, list) else part.setdefault(step, {})
        part[int(last) if isinstance(part, list) else last] = _resolved(document, value)

    return plant


def drop(path: str) -> Plant:
    """Leave an argument or a block out."""

    def plant(_document: Document, part: Any) -> None:
        *way, last = path.split(".")
        for step in way:
            part = part[int(step) if isinstance(part, list) else step]
        del part[int(last) if isinstance(part, list) else last]

    return plant


def both(*plants: Plant) -> Plant:
    """Do one thing after the other."""

    def plant(document: Document, part: Any) -> None:
        for each in plants:
            each(document, part)

    return plant


def in_json(argument: str, inner: Plant) -> Plant:
    """Spoil the JSON document that an argument holds as a text."""

    def plant(document: Document, part: Any) -> None:
        parsed = json.loads(part[argument])
        inner(document, parsed)
        part[argument] = json.dumps(parsed)

    return plant


def add(address: str, body: Document) -> Plant:
    """Add a resource."""

    def plant(document: Document, _part: Any) -> None:
        kind, _, name = address.partition(".")
        document["resource"].setdefault(kind, {})[name] = _resolved(document, body)

    return plant


def elsewhere(type: str, at: str, inner: Plant) -> Plant:
    """Spoil another resource, with which the blamed one then doesn't go together."""

    def plant(document: Document, _part: Any) -> None:
        inner(document, resource(document, type, at)[1])

    return plant


def _resolved(document: Document, value: Any) -> Any:
    match value:
        case Ref(type, at, attribute):
            return f"${{{type}.{resource(document, type, at)[0]}.{attribute}}}"
        case list():
            return [_resolved(document, each) for each in value]
        case dict():
            return {key: _resolved(document, each) for key, each in value.items()}
        case _:
            return value

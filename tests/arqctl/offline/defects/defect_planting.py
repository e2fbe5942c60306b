"""Defects, and functions that plant them in a stack's Terraform JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
"""A stack's Terraform JSON."""

Change = Callable[[Document, Any], None]
"""Changes a resource's body, or a part of it, in a document."""


@dataclass(frozen=True)
class Ref:
    """A value that refers to an attribute of a resource."""

    type: str
    at: str
    attribute: str


@dataclass(frozen=True)
class Defect:
    """One defect. Resources are found by type and construct path, which stay when addresses change.

    The message must contain `expected_text` and the resource's address. `expected_text` is the argument or
    its invalid value. For two conflicting resources, `either` is the path of the other one, which may be
    named instead. `address` is set if the message names another resource.
    """

    name: str
    type: str
    at: str
    change: Change
    expected_text: str
    either: str = ""
    address: str = ""

    def plant(self, document: Document) -> None:
        """Plant the defect in a document."""
        self.change(document, find_resource(document, self.type, self.at)[1])

    def expected_addresses(self, document: Document) -> tuple[str, ...]:
        """Return the addresses of which the message must name one."""
        if self.address:
            return (self.address,)
        paths = [self.at, self.either] if self.either else [self.at]
        return tuple(f"{self.type}.{find_resource(document, self.type, path)[0]}" for path in paths)


def find_resource(document: Document, type: str, at: str) -> tuple[str, Document]:
    """Return name and body of the only resource of a type at a construct path without the stack's name."""
    wanted = (at, f"{at}/Default")
    matches = [
        (name, body)
        for name, body in document["resource"][type].items()
        if body["//"]["metadata"]["path"].split("/", 1)[1] in wanted
    ]
    assert len(matches) == 1, f"{len(matches)} {type} at {at}"
    return matches[0]


def put(path: str, value: object) -> Change:
    """Set an argument at a dotted path such as `rule.0.priority`. Missing blocks are created."""

    def change(document: Document, body: Any) -> None:
        *parents, last = path.split(".")
        for step in parents:
            body = body[int(step)] if isinstance(body, list) else body.setdefault(step, {})
        body[int(last) if isinstance(body, list) else last] = _resolved(document, value)

    return change


def drop(path: str) -> Change:
    """Remove an argument or a block."""

    def change(_document: Document, body: Any) -> None:
        *parents, last = path.split(".")
        for step in parents:
            body = body[int(step) if isinstance(body, list) else step]
        del body[int(last) if isinstance(body, list) else last]

    return change


def apply_all(*changes: Change) -> Change:
    """Apply several changes in order."""

    def change(document: Document, body: Any) -> None:
        for each in changes:
            each(document, body)

    return change


def change_json(argument: str, inner: Change) -> Change:
    """Change the JSON document in a string argument."""

    def change(document: Document, body: Any) -> None:
        parsed = json.loads(body[argument])
        inner(document, parsed)
        body[argument] = json.dumps(parsed)

    return change


def add_resource(address: str, body: Document) -> Change:
    """Add a resource."""

    def change(document: Document, _part: Any) -> None:
        kind, _, name = address.partition(".")
        document["resource"].setdefault(kind, {})[name] = _resolved(document, body)

    return change


def in_other_resource(type: str, at: str, inner: Change) -> Change:
    """Change another resource, so that it conflicts with the defect's resource."""

    def change(document: Document, _part: Any) -> None:
        inner(document, find_resource(document, type, at)[1])

    return change


def _resolved(document: Document, value: Any) -> Any:
    match value:
        case Ref(type, at, attribute):
            return f"${{{type}.{find_resource(document, type, at)[0]}.{attribute}}}"
        case list():
            return [_resolved(document, each) for each in value]
        case dict():
            return {key: _resolved(document, each) for key, each in value.items()}
        case _:
            return value

"""Small edits with which a security regression is planted in any stack's Terraform JSON."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

from policies.stack import Json, at, references, strings

Body = dict[str, Json]
Document = dict[str, Json]
Edit = Callable[[Body], None]
Plant = Callable[[Document], str]
"""Changes a stack and returns the address at which the change must be found."""


class NoGroundError(LookupError):
    """The stack has nothing in which this regression could be planted."""


@dataclass(frozen=True)
class Regression:
    """A mistake that a pull request could bring, and the rules of which at least one must name it."""

    name: str
    plant: Plant
    caught_by: frozenset[str]

    def planted(self, stack: Document) -> tuple[Document, str]:
        """Return a copy of the stack with the regression in it, and the address where it must be found.

        Raises:
            NoGroundError: where the stack has no block that it could be planted in.
        """
        changed = copy.deepcopy(stack)
        return changed, self.plant(changed)


def caught(name: str, plant: Plant, *rules: str) -> Regression:
    """Describe a regression and the rules of which at least one must name it."""
    return Regression(name, plant, frozenset(rules))


# Where


def on_first(type_: str, *edits: Edit, where: Callable[[Body], bool] = lambda _: True) -> Plant:
    """Edit the first resource of a type, in the order of addresses."""

    def plant(document: Document) -> str:
        name, body = _first(document, type_, where)
        for edit in edits:
            edit(body)
        return f"{type_}.{name}"

    return plant


def on_provider(*edits: Edit) -> Plant:
    """Edit the AWS provider that has no alias."""

    def plant(document: Document) -> str:
        provider = at(document, "provider.aws")
        bodies = provider if isinstance(provider, list) else [provider]
        body = next((each for each in bodies if isinstance(each, dict) and "alias" not in each), None)
        if body is None:
            raise NoGroundError("no AWS provider")
        for edit in edits:
            edit(body)
        return "provider.aws"

    return plant


def on_backend(*edits: Edit) -> Plant:
    """Edit the S3 backend."""

    def plant(document: Document) -> str:
        body = at(document, "terraform.backend.s3")
        if not isinstance(body, dict):
            raise NoGroundError("no S3 backend")
        for edit in edits:
            edit(body)
        return "terraform.backend.s3"

    return plant


def adding(type_: str, make: Callable[[Document], Body], *, found_at: Plant | None = None) -> Plant:
    """Add a resource; it must be found at itself, or at the resource that it endangers."""

    def plant(document: Document) -> str:
        body = make(document)
        _resources(document).setdefault(type_, {})
        named = _resources(document)[type_]
        assert isinstance(named, dict)
        named["planted"] = {"//": {"metadata": {"path": "production/planted", "uniqueId": "planted"}}, **body}
        return found_at(document) if found_at else f"{type_}.planted"

    return plant


def removing(type_: str, *, found_at: Plant) -> Plant:
    """Remove every resource of a type; that must be found at the resource which needed them."""

    def plant(document: Document) -> str:
        if not _resources(document).pop(type_, None):
            raise NoGroundError(f"no {type_}")
        return found_at(document)

    return plant


def removing_what_names(
    type_: str, attribute: str, *, from_type: str, where: Callable[[Body], bool] = lambda _: True
) -> Plant:
    """Remove the resources of one type that name the first of another, by reference or literally."""

    def plant(document: Document) -> str:
        name, body = _first(document, type_, where)
        others = _resources(document).get(from_type, {})
        assert isinstance(others, dict)
        literal = body.get(attribute)
        for key, other in list(others.items()):
            if f"{type_}.{name}" in references(other) or (
                isinstance(literal, str) and literal in strings(other)
            ):
                del others[key]
        return f"{type_}.{name}"

    return plant


def first(type_: str, where: Callable[[Body], bool] = lambda _: True) -> Plant:
    """Name the first resource of a type."""
    return lambda document: f"{type_}.{_first(document, type_, where)[0]}"


# What


def put(path: str, value: Json) -> Edit:
    """Set a value at a dotted path, entering single blocks in either of their forms."""

    def edit(body: Body) -> None:
        holder, key = _holder(body, path)
        holder[key] = value

    return edit


def drop(path: str) -> Edit:
    """Remove the value at a dotted path."""

    def edit(body: Body) -> None:
        holder, key = _holder(body, path)
        holder.pop(key, None)

    return edit


def allow(key: str, statement: Body) -> Edit:
    """Append a statement to a literal policy document."""

    def edit(body: Body) -> None:
        document = json.loads(str(body[key]))
        document["Statement"].append(statement)
        body[key] = json.dumps(document)

    return edit


def change_statements(key: str, change: Edit) -> Edit:
    """Change every statement of a literal policy document."""

    def edit(body: Body) -> None:
        document = json.loads(str(body[key]))
        for statement in document["Statement"]:
            change(statement)
        body[key] = json.dumps(document)

    return edit


# How


def _resources(document: Document) -> dict[str, Json]:
    resources = document["resource"]
    assert isinstance(resources, dict)
    return resources


def _first(document: Document, type_: str, where: Callable[[Body], bool]) -> tuple[str, Body]:
    named = _resources(document).get(type_, {})
    assert isinstance(named, dict)
    for name, body in sorted(named.items()):
        if isinstance(body, dict) and where(body):
            return name, body
    raise NoGroundError(f"no {type_}")


def _holder(body: Body, path: str) -> tuple[Body, str]:
    *steps, key = path.split(".")
    holder: Json = body
    for step in steps:
        assert isinstance(holder, dict), path
        holder = holder.setdefault(step, {})
        if isinstance(holder, list):
            holder = holder[0]
    assert isinstance(holder, dict), path
    return holder, key

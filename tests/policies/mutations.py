"""Mutations of a stack's Terraform JSON that introduce a security regression."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass

from policies.stack import Json, at, references, strings

Body = dict[str, Json]
TerraformJson = dict[str, Json]
Edit = Callable[[Body], None]
Mutation = Callable[[TerraformJson], str]
"""Changes a stack in place and returns the address that a rule must report."""


class TargetNotFoundError(LookupError):
    """The stack has no block that the mutation can change."""


@dataclass(frozen=True)
class Regression:
    """A mutation, and the rules of which at least one must report it."""

    name: str
    mutate: Mutation
    expected_rules: frozenset[str]

    def mutated(self, stack: TerraformJson) -> tuple[TerraformJson, str]:
        """Return a mutated copy of the stack, and the address that a rule must report.

        Raises:
            TargetNotFoundError: if the stack has no block that the mutation can change.
        """
        changed = copy.deepcopy(stack)
        return changed, self.mutate(changed)


def regression(name: str, mutate: Mutation, *rules: str) -> Regression:
    """Return a regression, given its mutation and the rules of which at least one must report it."""
    return Regression(name, mutate, frozenset(rules))


# Mutations


def edit_first(type_: str, *edits: Edit, where: Callable[[Body], bool] = lambda _: True) -> Mutation:
    """Edit the first resource of a type, sorted by address."""

    def mutate(document: TerraformJson) -> str:
        name, body = _first(document, type_, where)
        for edit in edits:
            edit(body)
        return f"{type_}.{name}"

    return mutate


def edit_provider(*edits: Edit) -> Mutation:
    """Edit the AWS provider without an alias."""

    def mutate(document: TerraformJson) -> str:
        provider = at(document, "provider.aws")
        bodies = provider if isinstance(provider, list) else [provider]
        body = next((each for each in bodies if isinstance(each, dict) and "alias" not in each), None)
        if body is None:
            raise TargetNotFoundError("no AWS provider")
        for edit in edits:
            edit(body)
        return "provider.aws"

    return mutate


def edit_backend(*edits: Edit) -> Mutation:
    """Edit the S3 backend."""

    def mutate(document: TerraformJson) -> str:
        body = at(document, "terraform.backend.s3")
        if not isinstance(body, dict):
            raise TargetNotFoundError("no S3 backend")
        for edit in edits:
            edit(body)
        return "terraform.backend.s3"

    return mutate


def add_resource(
    type_: str, make: Callable[[TerraformJson], Body], *, reported_at: Mutation | None = None
) -> Mutation:
    """Add a resource that a rule must report at its own address or at `reported_at`."""

    def mutate(document: TerraformJson) -> str:
        body = make(document)
        _resources(document).setdefault(type_, {})
        named = _resources(document)[type_]
        assert isinstance(named, dict)
        named["added"] = {"//": {"metadata": {"path": "production/added", "uniqueId": "added"}}, **body}
        return reported_at(document) if reported_at else f"{type_}.added"

    return mutate


def remove_resources(type_: str, *, reported_at: Mutation) -> Mutation:
    """Remove all resources of a type; a rule must report this at `reported_at`."""

    def mutate(document: TerraformJson) -> str:
        if not _resources(document).pop(type_, None):
            raise TargetNotFoundError(f"no {type_}")
        return reported_at(document)

    return mutate


def remove_referrers(
    type_: str, attribute: str, *, from_type: str, where: Callable[[Body], bool] = lambda _: True
) -> Mutation:
    """Remove the resources of one type that refer to the first of another, also by literal name."""

    def mutate(document: TerraformJson) -> str:
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

    return mutate


def first_address(type_: str, where: Callable[[Body], bool] = lambda _: True) -> Mutation:
    """Return the address of the first resource of a type."""
    return lambda document: f"{type_}.{_first(document, type_, where)[0]}"


# Edits


def set_value(path: str, value: Json) -> Edit:
    """Set the value at a dotted path, through nested blocks that are objects or lists."""

    def edit(body: Body) -> None:
        holder, key = _holder(body, path)
        holder[key] = value

    return edit


def remove_value(path: str) -> Edit:
    """Remove the value at a dotted path."""

    def edit(body: Body) -> None:
        holder, key = _holder(body, path)
        holder.pop(key, None)

    return edit


def add_statement(key: str, statement: Body) -> Edit:
    """Append a statement to a literal policy document."""

    def edit(body: Body) -> None:
        document = json.loads(str(body[key]))
        document["Statement"].append(statement)
        body[key] = json.dumps(document)

    return edit


def edit_statements(key: str, change: Edit) -> Edit:
    """Change every statement of a literal policy document."""

    def edit(body: Body) -> None:
        document = json.loads(str(body[key]))
        for statement in document["Statement"]:
            change(statement)
        body[key] = json.dumps(document)

    return edit


# Helpers


def _resources(document: TerraformJson) -> dict[str, Json]:
    resources = document["resource"]
    assert isinstance(resources, dict)
    return resources


def _first(document: TerraformJson, type_: str, where: Callable[[Body], bool]) -> tuple[str, Body]:
    named = _resources(document).get(type_, {})
    assert isinstance(named, dict)
    for name, body in sorted(named.items()):
        if isinstance(body, dict) and where(body):
            return name, body
    raise TargetNotFoundError(f"no {type_}")


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

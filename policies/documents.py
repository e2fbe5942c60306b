"""Policy documents: the JSON in which AWS writes who may do what."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from policies.stack import Block, Json, as_list

# Attributes in which the AWS provider takes a policy as text, at any depth of a resource.
_POLICY_KEYS = frozenset(
    {
        "access_policies",
        "access_policy",
        "assume_role_policy",
        "inline_policy",
        "policy",
        "policy_document",
        "resource_policy",
    }
)


@dataclass(frozen=True)
class Document:
    """A policy as written: its attribute, and its content unless that is more than literal JSON."""

    key: str
    content: dict[str, Json] | None

    @property
    def is_readable(self) -> bool:
        """Whether every statement stands there literally."""
        if self.content is None:
            return False
        return all(isinstance(each, dict) for each in as_list(self.content.get("Statement")))

    @property
    def statements(self) -> list[dict[str, Json]]:
        """The statements, whether written as one or as a list."""
        listed = as_list((self.content or {}).get("Statement"))
        return [statement for statement in listed if isinstance(statement, dict)]

    @property
    def allowing(self) -> list[dict[str, Json]]:
        """The statements that don't clearly deny."""
        return [statement for statement in self.statements if statement.get("Effect") != "Deny"]


def documents(block: Block) -> list[Document]:
    """Return every policy document that a block carries."""
    return list(_within(block.body))


def texts(value: Json) -> list[str]:
    """Return the strings of an element that may be one string or a list of them."""
    return [item for item in as_list(value) if isinstance(item, str)]


def _within(value: Json) -> Iterator[Document]:
    if isinstance(value, list):
        for item in value:
            yield from _within(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _POLICY_KEYS and isinstance(item, str):
                yield Document(key, _decoded(item))
            elif key != "//":
                yield from _within(item)


def _decoded(text: str) -> dict[str, Json] | None:
    try:
        content: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None

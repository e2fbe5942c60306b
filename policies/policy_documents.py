"""IAM policy documents in a block's arguments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from policies.stack import Block, Json, as_list

# Arguments that take a policy document as text, at any depth of a resource.
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
class PolicyDocument:
    """A policy document: its argument, and its content if it is literal JSON."""

    key: str
    content: dict[str, Json] | None

    @property
    def is_readable(self) -> bool:
        """Whether the document and all of its statements are literal JSON objects."""
        if self.content is None:
            return False
        return all(isinstance(each, dict) for each in as_list(self.content.get("Statement")))

    @property
    def statements(self) -> list[dict[str, Json]]:
        """The statements, from either a single object or a list."""
        statements = as_list((self.content or {}).get("Statement"))
        return [statement for statement in statements if isinstance(statement, dict)]

    @property
    def allow_statements(self) -> list[dict[str, Json]]:
        """The statements whose effect is not Deny."""
        return [statement for statement in self.statements if statement.get("Effect") != "Deny"]


def policy_documents(block: Block) -> list[PolicyDocument]:
    """Return all policy documents in a block's arguments."""
    return list(_find_documents(block.body))


def string_items(value: Json) -> list[str]:
    """Return the strings of a policy element that is a string or a list of strings."""
    return [item for item in as_list(value) if isinstance(item, str)]


def _find_documents(value: Json) -> Iterator[PolicyDocument]:
    if isinstance(value, list):
        for item in value:
            yield from _find_documents(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _POLICY_KEYS and isinstance(item, str):
                yield PolicyDocument(key, _decode(item))
            elif key != "//":
                yield from _find_documents(item)


def _decode(text: str) -> dict[str, Json] | None:
    try:
        content: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None

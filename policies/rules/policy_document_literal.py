"""Readability of policy documents."""

import re

from policies.policy_documents import PolicyDocument, policy_documents, string_items
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, interpolations, is_reference, strings
from policies.verdict import Verdict, all_pass, pass_if

_LITERAL_ELEMENTS = ("Effect", "Action", "NotAction")
# These elements define what a statement grants and to whom. Conditions only restrict it.
_REFERENCE_ELEMENTS = ("Principal", "NotPrincipal", "Resource", "NotResource")

_SPLIT_FUNCTIONS = frozenset({"element", "replace", "split", "trimprefix", "trimsuffix"})
_CALL = re.compile(r"(\w+)\(")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]-]*")
_TEXT = re.compile(r"\"[^\"*$%\\]*\"")


@rule(
    id="CKV_ARQ_21",
    severity="HIGH",
    on=EVERY_RESOURCE,
    why="Scanners pass policies that they can't read: an administrator policy in jsonencode() looks clean.",
    link="https://developer.hashicorp.com/terraform/language/syntax/json",
)
def policy_document_literal(resource: Block, stack: Stack) -> Verdict:
    """Policy documents must be literal JSON that contains only references: avoid jsonencode()."""
    documents = policy_documents(resource)
    if not documents:
        return Verdict.NOT_APPLICABLE
    return all_pass(pass_if(_is_literal(document, stack)) for document in documents)


def _is_literal(document: PolicyDocument, stack: Stack) -> bool:
    if not document.is_readable or any("%{" in text for text in strings(document.content)):
        return False
    return all(_has_only_references(statement, stack) for statement in document.statements)


def _has_only_references(statement: dict[str, Json], stack: Stack) -> bool:
    literal = all("${" not in text for key in _LITERAL_ELEMENTS for text in string_items(statement.get(key)))
    values = (text for key in _REFERENCE_ELEMENTS for text in strings(statement.get(key)))
    return literal and all(
        _is_safe_expression(each, stack) for text in values for each in interpolations(text)
    )


def _is_safe_expression(expression: str, stack: Stack) -> bool:
    """Return whether an expression is a reference or a part of one, so that it can't become a wildcard."""
    name = expression.strip().removeprefix("local.")
    if name != expression.strip():
        written = stack.locals.get(name)
        return (
            isinstance(written, str)
            and interpolations(written) == [written[2:-1]]
            and _is_part_of_reference(written[2:-1])
        )
    return is_reference(expression) or _is_part_of_reference(expression)


def _is_part_of_reference(expression: str) -> bool:
    """Return whether an expression splits references and can't add a wildcard."""
    unquoted = _TEXT.sub("", expression)
    called = set(_CALL.findall(unquoted))
    named = _NAME.findall(_CALL.sub("(", unquoted))
    return (
        called <= _SPLIT_FUNCTIONS
        and not set(unquoted) & set('?"*{}')
        and all(is_reference(each) for each in named)
    )

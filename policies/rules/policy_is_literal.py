"""What a reader and a scanner can't see, they can't judge."""

import re

from policies.documents import Document, documents, texts
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, interpolations, is_reference, strings
from policies.verdict import Verdict, all_hold, decided

_FIXED = ("Effect", "Action", "NotAction")
# These decide what is granted to whom; conditions only narrow.
_GRANTING = ("Principal", "NotPrincipal", "Resource", "NotResource")

_CUTTING = frozenset({"element", "replace", "split", "trimprefix", "trimsuffix"})
_CALL = re.compile(r"(\w+)\(")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]-]*")
_TEXT = re.compile(r"\"[^\"*$%\\]*\"")


@rule(
    id="CKV_ARQ_21",
    severity="HIGH",
    on=EVERY_RESOURCE,
    why="Scanners pass what they can't read: an administrator's policy in jsonencode() looks clean.",
    link="https://developer.hashicorp.com/terraform/language/syntax/json",
)
def policy_is_literal(resource: Block, stack: Stack) -> Verdict:
    """A policy document is literal JSON; only references stand inside."""
    written = documents(resource)
    if not written:
        return Verdict.NOT_CONCERNED
    return all_hold(decided(_is_literal(document, stack)) for document in written)


def _is_literal(document: Document, stack: Stack) -> bool:
    if not document.is_readable or any("%{" in text for text in strings(document.content)):
        return False
    return all(_grants_plainly(statement, stack) for statement in document.statements)


def _grants_plainly(statement: dict[str, Json], stack: Stack) -> bool:
    fixed = all("${" not in text for key in _FIXED for text in texts(statement.get(key)))
    granted = (text for key in _GRANTING for text in strings(statement.get(key)))
    return fixed and all(_is_plain(each, stack) for text in granted for each in interpolations(text))


def _is_plain(expression: str, stack: Stack) -> bool:
    """Tell a reference, or a piece cut out of one, from what may become a wildcard."""
    name = expression.strip().removeprefix("local.")
    if name != expression.strip():
        written = stack.locals.get(name)
        return (
            isinstance(written, str) and interpolations(written) == [written[2:-1]] and _is_cut(written[2:-1])
        )
    return is_reference(expression) or _is_cut(expression)


def _is_cut(expression: str) -> bool:
    """Tell a call that takes references apart; a `*` among its strings could put a wildcard in."""
    unquoted = _TEXT.sub("", expression)
    called = set(_CALL.findall(unquoted))
    named = _NAME.findall(_CALL.sub("(", unquoted))
    return (
        called <= _CUTTING and not set(unquoted) & set('?"*{}') and all(is_reference(each) for each in named)
    )

"""What a reader and a scanner can't see, they can't judge."""

from policies.documents import Document, documents, texts
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, interpolations, strings
from policies.verdict import Verdict, all_hold, decided

# Elements that decide what is granted. Conditions only narrow, and issuer URLs need calls there.
_GRANTING = ("Principal", "NotPrincipal", "Resource", "NotResource")
_FIXED = ("Effect", "Action", "NotAction")


@rule(
    id="CKV_ARQ_21",
    severity="HIGH",
    on=EVERY_RESOURCE,
    why="Scanners pass what they can't read: an administrator's policy in jsonencode() looks clean.",
    link="https://developer.hashicorp.com/terraform/language/syntax/json",
)
def policy_is_literal(resource: Block, _: Stack) -> Verdict:
    """A policy document is literal JSON; only plain references stand inside."""
    written = documents(resource)
    if not written:
        return Verdict.NOT_CONCERNED
    return all_hold(decided(_is_literal(document)) for document in written)


def _is_literal(document: Document) -> bool:
    if not document.is_readable or any("%{" in text for text in strings(document.content)):
        return False
    return all(_grants_plainly(statement) for statement in document.statements)


def _grants_plainly(statement: dict[str, Json]) -> bool:
    fixed = all("${" not in text for key in _FIXED for text in texts(statement.get(key)))
    granted = (text for key in _GRANTING for text in strings(statement.get(key)))
    return fixed and all(_is_path(each) for text in granted for each in interpolations(text))


def _is_path(expression: str) -> bool:
    """Tell a reference to a resource from what may be anything: calls, conditions, variables, locals."""
    return not expression.startswith(("var.", "local.")) and not any(each in expression for each in "(?:+ ")

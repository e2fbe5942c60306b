"""Access for everyone is never meant, and often written."""

import re

from policies.documents import Document, documents, texts
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, as_list
from policies.verdict import Verdict, all_hold, decided

# Conditions that narrow `*` to callers one knows.
_NARROWING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:(?P<account>[^:]*):(?P<resource>.+)")
_NARROWING_OPERATORS = ("stringequals", "stringlike", "arnequals", "arnlike", "foranyvalue:stringlike")

# An endpoint's policy only narrows what other policies grant: there, `*` is the usual principal.
_NOT_GRANTING = ("aws_vpc_endpoint", "aws_vpc_endpoint_policy")


@rule(
    id="CKV_ARQ_22",
    severity="CRITICAL",
    on=EVERY_RESOURCE,
    why="A principal of * is every AWS account there is: role, key, queue or bucket stand open to strangers.",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous",
)
def trust_any_principal(resource: Block, _: Stack) -> Verdict:
    """No policy trusts every principal without naming whom it means."""
    if resource.type in _NOT_GRANTING:
        return Verdict.NOT_CONCERNED
    written = documents(resource)
    if not written:
        return Verdict.NOT_CONCERNED
    return all_hold(_judge(document) for document in written)


def _judge(document: Document) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return decided(not any(_trusts_all(each) and not _is_narrowed(each) for each in document.allowing))


def _trusts_all(statement: dict[str, Json]) -> bool:
    principal = statement.get("Principal")
    if statement.get("NotPrincipal") is not None or principal == "*":
        return True
    if not isinstance(principal, dict):
        return isinstance(principal, list)
    return any("*" in text for named in principal.values() for text in texts(named))


def _is_narrowed(statement: dict[str, Json]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, dict):
        return False
    return any(
        operator.lower() in _NARROWING_OPERATORS and _names_somebody(keys)
        for operator, keys in condition.items()
    )


def _names_somebody(keys: Json) -> bool:
    if not isinstance(keys, dict):
        return False
    return any(
        key.lower() in _NARROWING and as_list(value) and all(_is_somebody(each) for each in as_list(value))
        for key, value in keys.items()
    )


def _is_somebody(value: Json) -> bool:
    """Tell an account, organization or ARN from a pattern that fits everybody's."""
    if not isinstance(value, str):
        return False
    if not value.startswith("arn:"):
        return bool(value) and "*" not in value
    parts = _ARN.fullmatch(value)
    # S3's ARNs have no account: the bucket's name is whom they mean.
    return parts is not None and bool((parts["account"] or parts["resource"]).strip("*?"))

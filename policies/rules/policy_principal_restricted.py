"""Principals of resource policies."""

import re

from policies.policy_documents import PolicyDocument, policy_documents, string_items
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, as_list
from policies.verdict import Verdict, all_pass, pass_if

# Condition keys that restrict a principal of `*` to known callers.
_RESTRICTING_KEYS = frozenset(
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
_RESTRICTING_OPERATORS = ("stringequals", "stringlike", "arnequals", "arnlike", "foranyvalue:stringlike")

# A VPC endpoint policy only restricts what other policies grant, so `*` is its usual principal.
_NON_GRANTING_TYPES = ("aws_vpc_endpoint", "aws_vpc_endpoint_policy")


@rule(
    id="CKV_ARQ_22",
    severity="CRITICAL",
    on=EVERY_RESOURCE,
    why="A principal of * is every AWS account: strangers can use the role, key, queue or bucket.",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous",
)
def policy_principal_restricted(resource: Block, _: Stack) -> Verdict:
    """Policies must not allow every principal: name principals, or add a condition on account or ARN."""
    if resource.type in _NON_GRANTING_TYPES:
        return Verdict.NOT_APPLICABLE
    documents = policy_documents(resource)
    if not documents:
        return Verdict.NOT_APPLICABLE
    return all_pass(_check_document(document) for document in documents)


def _check_document(document: PolicyDocument) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return pass_if(
        not any(
            _allows_every_principal(each) and not _is_restricted(each) for each in document.allow_statements
        )
    )


def _allows_every_principal(statement: dict[str, Json]) -> bool:
    principal = statement.get("Principal")
    if statement.get("NotPrincipal") is not None or principal == "*":
        return True
    if not isinstance(principal, dict):
        return isinstance(principal, list)
    return any("*" in text for named in principal.values() for text in string_items(named))


def _is_restricted(statement: dict[str, Json]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, dict):
        return False
    return any(
        operator.lower() in _RESTRICTING_OPERATORS and _restricts_callers(keys)
        for operator, keys in condition.items()
    )


def _restricts_callers(keys: Json) -> bool:
    if not isinstance(keys, dict):
        return False
    return any(
        key.lower() in _RESTRICTING_KEYS
        and as_list(value)
        and all(_is_specific(each) for each in as_list(value))
        for key, value in keys.items()
    )


def _is_specific(value: Json) -> bool:
    """Return whether a value identifies an account, organization or ARN; a pattern for all does not."""
    if not isinstance(value, str):
        return False
    if not value.startswith("arn:"):
        return bool(value) and "*" not in value
    parts = _ARN.fullmatch(value)
    # S3 ARNs have no account ID: the bucket name identifies the caller.
    return parts is not None and bool((parts["account"] or parts["resource"]).strip("*?"))

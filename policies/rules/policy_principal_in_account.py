"""Accounts that resource policies and trust policies let in."""

import re
from collections.abc import Iterator

from policies.policy_documents import PolicyDocument, policy_documents, string_items
from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Json, Stack, interpolations, is_reference
from policies.verdict import Verdict, all_pass

# These keys restrict a principal of `*` to accounts: by their id, or by the ARN of the caller.
_CALLER_KEYS = frozenset({"aws:principalaccount", "aws:principalarn", "kms:calleraccount"})
_EQUALITIES = ("stringequals", "stringlike", "arnequals", "arnlike")
_ARN = re.compile(r"arn:[^:]+:(iam|sts)::(?P<account>[^:]*):.+", re.DOTALL)
_ACCOUNT_ID = re.compile(r"\d{12}")
# AWS's own identities, which have no account id: CloudFront's origin access identities.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
# Log deliveries name services, and not AWS's accounts.
_AWS_ACCOUNTS = frozenset({"cloudfront"})
# Terraform creates these, or looks them up, in the account of the provider.
_OWN_TYPES = ("aws_caller_identity", "aws_iam_role", "aws_iam_service_linked_role", "aws_iam_user")


@rule(
    id="CKV2_ARQ_10",
    severity="CRITICAL",
    on=EVERY_RESOURCE,
    why="Another account then uses the role, key, queue or bucket with the permissions that it gives itself.",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
)
def policy_principal_in_account(resource: Block, stack: Stack) -> Verdict:
    """Policies must not allow other accounts: name principals in allowed_account_ids of the provider."""
    documents = policy_documents(resource)
    if not documents:
        return Verdict.NOT_APPLICABLE
    allowed = _allowed_accounts(resource, stack)
    return all_pass(_check_document(document, allowed) for document in documents)


def _allowed_accounts(resource: Block, stack: Stack) -> frozenset[str]:
    name = resource.get("provider")
    provider = stack.blocks.get(f"provider.{name}" if isinstance(name, str) else "provider.aws")
    return frozenset(string_items(provider.get("allowed_account_ids")) if provider else ())


def _check_document(document: PolicyDocument, allowed: frozenset[str]) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return all_pass(_check_statement(each, allowed) for each in document.allow_statements)


def _check_statement(statement: dict[str, Json], allowed: frozenset[str]) -> Verdict:
    principal = statement.get("Principal")
    if statement.get("NotPrincipal") is not None:
        return Verdict.FAIL
    if principal is None:
        return Verdict.PASS  # The policy of an identity.
    if isinstance(principal, dict) and "CanonicalUser" in principal:
        return Verdict.UNKNOWN  # An id that doesn't name its account.
    named = string_items(principal.get("AWS") if isinstance(principal, dict) else principal)
    # CKV_ARQ_22 decides on a principal of * without such a condition.
    callers = [each for each in (*named, *_callers_in_conditions(statement)) if each != "*"]
    return all_pass(_check_caller(each, allowed) for each in callers)


def _callers_in_conditions(statement: dict[str, Json]) -> Iterator[str]:
    condition = statement.get("Condition")
    for operator, keys in condition.items() if isinstance(condition, dict) else ():
        if operator.lower() in _EQUALITIES and isinstance(keys, dict):
            for key, value in keys.items():
                if key.lower() in _CALLER_KEYS:
                    yield from string_items(value)


def _check_caller(caller: str, allowed: frozenset[str]) -> Verdict:
    arn = _ARN.fullmatch(caller)
    account = arn["account"] if arn else caller
    if account in allowed or account in _AWS_ACCOUNTS:
        return Verdict.PASS
    if "${" in account:
        return Verdict.PASS if _is_own(account) else Verdict.UNKNOWN
    # The unique id of a role or a user doesn't name its account.
    is_account = arn is not None or _ACCOUNT_ID.fullmatch(account) is not None
    return Verdict.FAIL if is_account and allowed else Verdict.UNKNOWN


def _is_own(text: str) -> bool:
    """Return whether all expressions of a text refer to the provider's account or its identities."""
    return all(
        is_reference(each) and each.strip().removeprefix("data.").partition(".")[0] in _OWN_TYPES
        for each in interpolations(text)
    )

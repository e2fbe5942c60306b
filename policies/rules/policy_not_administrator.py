"""Permissions of identity policies."""

from fnmatch import fnmatchcase

from policies.policy_documents import PolicyDocument, policy_documents, string_items
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, pass_if

# A pattern that matches all of these actions is treated as access to all of IAM.
_IAM_ESCALATION_ACTIONS = ("iam:attachrolepolicy", "iam:createpolicyversion", "iam:putuserpolicy")
_ATTACHMENTS = (
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
)
_BOUNDARY_SUFFIX = "-boundary"
_PASSING_ACTION = "iam:passrole"


@rule(
    id="CKV_ARQ_23",
    severity="CRITICAL",
    on=(
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_user_policy",
        "aws_iam_group_policy",
        "aws_ssoadmin_permission_set_inline_policy",
        *_ATTACHMENTS,
    ),
    why="All actions, all of IAM, and passing any role each amount to administrator access.",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
)
def policy_not_administrator(resource: Block, stack: Stack) -> Verdict:
    """Identity policies must not grant administrator access: list the required actions and resources."""
    if resource.type in _ATTACHMENTS:
        # A boundary limits; attached as a policy, it would grant.
        return pass_if(not str(resource.get("policy_arn")).endswith(_BOUNDARY_SUFFIX))
    documents = [each for each in policy_documents(resource) if each.key != "assume_role_policy"]
    if _is_boundary(resource, stack):
        return all_pass(map(_check_boundary, documents))
    return all_pass(map(_check_document, documents))


def _is_boundary(resource: Block, stack: Stack) -> bool:
    """Return whether a policy has the name of a permissions boundary, and the stack attaches it to nobody."""
    if resource.type != "aws_iam_policy" or not str(resource.get("name")).endswith(_BOUNDARY_SUFFIX):
        return False
    return not stack.referrers(resource, *_ATTACHMENTS)


def _check_boundary(document: PolicyDocument) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return pass_if(len(document.allow_statements) < len(document.statements))


def _check_document(document: PolicyDocument) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return pass_if(not any(_is_admin(each) for each in document.allow_statements))


def _is_admin(statement: dict[str, Json]) -> bool:
    if "NotAction" in statement or "NotResource" in statement:
        return True
    actions = [action.lower() for action in string_items(statement.get("Action"))]
    if any(all(fnmatchcase(each, action) for each in _IAM_ESCALATION_ACTIONS) for action in actions):
        return True
    passes = any(fnmatchcase(_PASSING_ACTION, action) for action in actions)
    any_role = any(
        each == "*" or each.endswith(":role/*") for each in string_items(statement.get("Resource"))
    )
    return passes and any_role and not _restricts_service(statement)


def _restricts_service(statement: dict[str, Json]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, dict):
        return False
    keys = {key.lower() for each in condition.values() if isinstance(each, dict) for key in each}
    return "iam:passedtoservice" in keys

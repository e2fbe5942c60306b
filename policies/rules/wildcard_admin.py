"""Nobody, and nothing, is an administrator by a policy of ours."""

from fnmatch import fnmatchcase

from policies.documents import Document, documents, texts
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_hold, decided

# A pattern that fits all of these fits all of IAM, however it is written.
_ALL_OF_IAM = ("iam:attachrolepolicy", "iam:createpolicyversion", "iam:putuserpolicy")
_PASSING = "iam:passrole"


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
    ),
    why="All of IAM, all actions, or passing any role, is administrator access under another name.",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
)
def wildcard_admin(resource: Block, _: Stack) -> Verdict:
    """No identity policy amounts to administrator access."""
    return all_hold(_judge(each) for each in documents(resource) if each.key != "assume_role_policy")


def _judge(document: Document) -> Verdict:
    if not document.is_readable:
        return Verdict.UNKNOWN
    return decided(not any(_is_admin(each) for each in document.allowing))


def _is_admin(statement: dict[str, Json]) -> bool:
    if "NotAction" in statement or "NotResource" in statement:
        return True
    actions = [action.lower() for action in texts(statement.get("Action"))]
    if any(all(fnmatchcase(each, action) for each in _ALL_OF_IAM) for action in actions):
        return True
    passes = any(fnmatchcase(_PASSING, action) for action in actions)
    any_role = any(each == "*" or each.endswith(":role/*") for each in texts(statement.get("Resource")))
    return passes and any_role and not _names_service(statement)


def _names_service(statement: dict[str, Json]) -> bool:
    condition = statement.get("Condition")
    if not isinstance(condition, dict):
        return False
    keys = {key.lower() for each in condition.values() if isinstance(each, dict) for key in each}
    return "iam:passedtoservice" in keys

"""Account access to KMS keys."""

import re

from policies.policy_documents import policy_documents, string_items
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, is_false, pass_if

_ACCOUNT_ROOT = re.compile(
    r"arn:[^:]+:iam::[^:]+:root|\d{12}|\$\{data\.aws_caller_identity\.[\w-]+\.account_id\}"
)


@rule(
    id="CKV_ARQ_24",
    severity="CRITICAL",
    on=("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key"),
    why="Without that statement, deleting one role locks everyone out of the key permanently.",
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
)
def key_policy_allows_root(key: Block, _: Stack) -> Verdict:
    """KMS key policies must allow kms:* to the account root."""
    bypass = key.get("bypass_policy_lockout_safety_check")
    lockout_check = Verdict.PASS if bypass is None else is_false(bypass)
    if key.get("policy") is None:
        # KMS then applies its default policy, which consists of this statement.
        return all_pass([lockout_check, pass_if(key.type != "aws_kms_key_policy")])
    documents = policy_documents(key)
    if len(documents) != 1 or documents[0].content is None:
        return Verdict.UNKNOWN
    return all_pass([lockout_check, pass_if(any(_allows_root(each) for each in documents[0].statements))])


def _allows_root(statement: dict[str, Json]) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and "kms:*" in string_items(statement.get("Action"))
        and any(_ACCOUNT_ROOT.fullmatch(each) for each in string_items(at(statement, "Principal.AWS")))
    )

"""A key whose policy leaves out its own account can never be managed again, nor its data read."""

import re

from policies.documents import documents, texts
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_hold, decided, is_false

_ROOT = re.compile(r"arn:[^:]+:iam::[^:]+:root|\d{12}|\$\{data\.aws_caller_identity\.[\w-]+\.account_id\}")


@rule(
    id="CKV_ARQ_24",
    severity="CRITICAL",
    on=("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key"),
    why="Without kms:* for the account's root, deleting one role locks everybody out of the key for ever.",
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
)
def key_policy_keeps_root(key: Block, _: Stack) -> Verdict:
    """A key's policy keeps the account's root in charge."""
    bypass = key.get("bypass_policy_lockout_safety_check")
    unbypassed = Verdict.PASS if bypass is None else is_false(bypass)
    if key.get("policy") is None:
        # KMS then writes its default policy, which is just this one statement.
        return all_hold([unbypassed, decided(key.type != "aws_kms_key_policy")])
    written = documents(key)
    if len(written) != 1 or written[0].content is None:
        return Verdict.UNKNOWN
    return all_hold([unbypassed, decided(any(_keeps_root(each) for each in written[0].statements))])


def _keeps_root(statement: dict[str, Json]) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and "kms:*" in texts(statement.get("Action"))
        and any(_ROOT.fullmatch(each) for each in texts(at(statement, "Principal.AWS")))
    )

"""Checks of a policy together with its resource: size, key lockout, bucket and attachment."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.planned_resources import PlannedResources
from arqctl.offline.aws.checks.policy_parser import PolicyDocument, Statement, as_strings, parse_policy
from arqctl.offline.aws.checks.resource import Resource, known_prefix, make_error
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown

# Maximum length in characters without white space, as IAM counts it.
_MAX_LENGTHS = {
    ("aws_iam_policy", "policy"): 6144,
    ("aws_iam_role_policy", "policy"): 10240,
    ("aws_iam_user_policy", "policy"): 2048,
    ("aws_iam_group_policy", "policy"): 5120,
    ("aws_iam_role", "assume_role_policy"): 8192,
    ("aws_s3_bucket_policy", "policy"): 20480,
    ("aws_kms_key", "policy"): 32768,
    ("aws_cloudwatch_log_resource_policy", "policy_document"): 5120,
}
_PUT_KEY_POLICY = re.compile(r"^kms:(\*|Put\*|PutKey\*|PutKeyPolicy|P\*)$", re.IGNORECASE)
_BUCKET_ARN = re.compile(r"^arn:[\w-]+:s3:::([^/*?]+)(/.*)?$", re.DOTALL)


def check_size(resource: Resource) -> Iterator[Diagnostic]:
    """Check that a policy document is not too long for its resource."""
    for (resource_type, name), max_length in _MAX_LENGTHS.items():
        given = resource.get_text(name) if resource_type == resource.type else None
        length = len("".join(given.split())) if given else 0
        if length > max_length:
            yield make_error(
                "Policy is too long",
                f"{name} has {length} characters without white space. Use at most {max_length}.",
                name,
            )


def check_key_lockout(key: Resource) -> Iterator[Diagnostic]:
    """Check that a key policy lets its account change the key policy."""
    if key.values.get("bypass_policy_lockout_safety_check") is True:
        return
    document = parse_policy(key.values.get("policy"))
    if not isinstance(document, PolicyDocument) or not document.is_whole:
        return
    if not any(_can_change_policy(each, key) for each in document.statements if isinstance(each, dict)):
        account = key.account.id if key.account else "ACCOUNT"
        yield make_error(
            "Key policy locks out its account",
            "No statement of policy lets this account change the key policy, so KMS refuses it. Allow "
            f"kms:* to arn:aws:iam::{account}:root.",
            "policy",
        )


def check_bucket_policy_resource(policy: Resource, planned: PlannedResources) -> Iterator[Diagnostic]:
    """Check that a bucket policy names only its own bucket."""
    document = parse_policy(policy.values.get("policy"))
    if not isinstance(document, PolicyDocument):
        return
    bucket = policy.values.get("bucket")
    if not policy.get_text("bucket"):
        known = planned.resolve_reference("aws_s3_bucket", bucket)
        bucket = known[0].values.get("bucket") if len(known) == 1 else None
    name, is_prefix = known_prefix(bucket), isinstance(bucket, Unknown)
    for statement in (*document.statements, document.partial_statement):
        resources = as_strings(statement.get("Resource")) if isinstance(statement, dict) else []
        for resource_arn in resources:
            match = _BUCKET_ARN.match(resource_arn)
            if name and match and not (match[1].startswith(name) if is_prefix else match[1] == name):
                yield make_error(
                    "Bucket policy names another bucket",
                    f"policy names {resource_arn}, but its bucket is {name}{'…' if is_prefix else ''}. "
                    "Name its own bucket.",
                    "policy",
                )
                return


def _can_change_policy(statement: Statement, key: Resource) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    if "NotAction" in statement or "NotPrincipal" in statement:
        return True
    actions = as_strings(statement.get("Action"))
    allows_action = any(each == "*" or _PUT_KEY_POLICY.match(each) for each in actions)
    return allows_action and _names_account(statement, key)


def _names_account(statement: Statement, key: Resource) -> bool:
    principal = statement.get("Principal")
    if principal == "*":
        return True
    principals = as_strings(principal.get("AWS")) if isinstance(principal, dict) else []
    account = key.account.id if key.account else ""
    return any(each == "*" or not account or account in each for each in principals)


def check_attached_policy(attachment: Resource) -> Iterator[Diagnostic]:
    """Check that an attached ARN is a policy's."""
    prefix = known_prefix(attachment.values.get("policy_arn"))
    if prefix.startswith("arn:") and prefix.count(":") > 4 and ":policy/" not in f"{prefix}/":  # noqa: PLR2004 - its parts
        yield make_error(
            "Not a policy ARN", f"policy_arn is {prefix}. Use arn:aws:iam::ACCOUNT:policy/NAME.", "policy_arn"
        )

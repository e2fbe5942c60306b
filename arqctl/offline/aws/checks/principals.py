"""Checks that identities in policies, access entries and boundaries exist in the account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html
"""

from collections.abc import Iterator, Mapping

from arqctl.offline.aws.checks.policy_parser import PolicyDocument, as_strings, parse_policy
from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.aws.identities import is_missing, list_roles
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.service_linked_roles import role_name
from arqctl.offline.diagnostic import Diagnostic

# Policies whose principals AWS looks up.
_POLICIES: Mapping[str, str] = {
    "aws_ecr_repository_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue_policy": "policy",
}
# Arguments with the ARN of an identity that must exist, and AWS's error.
_ARGUMENTS: Mapping[tuple[str, str], str] = {
    ("aws_eks_access_entry", "principal_arn"): "InvalidParameterException: invalid principal",
    ("aws_iam_role", "permissions_boundary"): "NoSuchEntity",
    ("aws_iam_role_policy_attachment", "policy_arn"): "NoSuchEntity",
    ("aws_iam_user", "permissions_boundary"): "NoSuchEntity",
}
_FIX = (
    "Deploy the stack that creates it first, or add a role to existing_roles below [tool.arqctl.offline] in "
    "pyproject.toml."
)


def check_principals(resource: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that the roles, users and policies to which a resource refers exist. Others' are not known."""
    if not resource.account:
        return
    for (type_, argument), error in _ARGUMENTS.items():
        arn = resource.get_text(argument) if resource.type == type_ else None
        if arn and is_missing(arn, store, resource.account):
            yield make_error(
                f"Identity does not exist ({error})",
                f"{argument} is {arn}, which is missing. {_FIX}",
                argument,
            )
    argument = _POLICIES.get(resource.type, "")
    for arn in _policy_principals(resource, argument):
        if is_missing(arn, store, resource.account):
            yield make_error(
                "Invalid principal in policy (MalformedPolicyDocument)",
                f"{argument} has the principal {arn}, which is missing. {_FIX}",
                argument,
            )


def check_service_linked_role(role: Resource, store: ResourceStore) -> Iterator[Diagnostic]:
    """Check that a service-linked role does not exist yet."""
    service = role.get_text("aws_service_name")
    if role.type != "aws_iam_service_linked_role" or not role.account or not service:
        return
    name = role_name(service, role.get_text("custom_suffix") or "")
    for existing in list_roles(store, role.account):
        if existing.name == name:
            yield make_error(
                "Role already exists (InvalidInput)",
                f"Service role name {name} has been taken in this account. Import {existing.arn}.",
                "aws_service_name",
            )


def _policy_principals(resource: Resource, argument: str) -> Iterator[str]:
    document = parse_policy(resource.values.get(argument))
    if not isinstance(document, PolicyDocument):
        return
    for statement in document.statements:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        if isinstance(principal, dict):
            yield from as_strings(principal.get("AWS"))

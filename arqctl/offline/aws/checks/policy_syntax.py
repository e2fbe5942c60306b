"""Checks of policy documents against IAM's grammar."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.policy_parser import PolicyDocument, Statement, as_strings, parse_policy
from arqctl.offline.aws.checks.resource import Resource, make_error, walk_arguments
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# The type of resource decides which elements a policy needs.
_IDENTITY_POLICY_TYPES = {
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
}
_RESOURCE_POLICY_TYPES = {
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_key",
    "aws_kms_external_key",
    "aws_ecr_repository_policy",
    "aws_secretsmanager_secret_policy",
    "aws_cloudwatch_log_resource_policy",
    "aws_vpc_endpoint",
    "aws_vpc_endpoint_policy",
    "aws_efs_file_system_policy",
    "aws_sqs_queue",
    "aws_sns_topic",
    "aws_glacier_vault",
    "aws_backup_vault_policy",
    "aws_cloudwatch_event_bus_policy",
    "aws_dynamodb_resource_policy",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_opensearch_domain_policy",
}
_POLICY_ARGUMENTS = ("policy", "policy_document", "access_policies")
# An ECR repository's or secret's policy applies to the resource itself and needs no Resource.
_TYPES_WITHOUT_RESOURCE = {
    "aws_ecr_repository_policy",
    "aws_secretsmanager_secret_policy",
    "aws_secretsmanager_secret",
}
_DOCUMENT_ELEMENTS = {"Version", "Id", "Statement"}
_STATEMENT_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_VERSIONS = ("2012-10-17", "2008-10-17")
_ACTION_PATTERN = re.compile(r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")
_RESOURCE_PATTERN = re.compile(r"^(\*|\?|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\$\{.*|arn:\*.*)$", re.DOTALL)
_SID_PATTERN = re.compile(r"^[A-Za-z0-9]*$")
_PRINCIPAL_TYPES = {"AWS", "Service", "Federated", "CanonicalUser"}
_OPERATOR_PATTERN = re.compile(
    r"^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?Equals"
    r"|(Numeric|Date)(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Bool|BinaryEquals|(Not)?IpAddress"
    r"|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$"
)


def check_policies(resource: Resource) -> Iterator[Diagnostic]:
    """Check every policy document of a resource."""
    for top, name, value in walk_arguments(resource.values):
        kind = _policy_kind(resource.type, name)
        if not kind:
            continue
        document = parse_policy(value)
        if isinstance(document, str):
            yield make_error("Malformed policy", f"{name} {document}. Write a policy as JSON.", top)
        elif document:
            for problem in _policy_problems(document, kind, resource.type):
                yield make_error("Malformed policy", f"{name}: {problem}.", top)


def _policy_kind(type: str, name: str) -> str:
    if name == "assume_role_policy":
        return "trust"
    if name == "policy" and type == "aws_iam_role":
        return "identity"
    if name not in _POLICY_ARGUMENTS:
        return ""
    if type in _IDENTITY_POLICY_TYPES:
        return "identity"
    return "resource" if type in _RESOURCE_POLICY_TYPES else ""


def _policy_problems(document: PolicyDocument, kind: str, type: str) -> Iterator[str]:
    if document.is_whole:
        yield from _document_problems(document)
    sids: set[str] = set()
    for number, statement in enumerate(document.statements, start=1):
        where = f"statement {number}"
        if not isinstance(statement, dict):
            yield f"{where} is not an object"
            continue
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid:
            where = f"statement {sid}"
            if sid in sids:
                yield f"two statements have the Sid {sid}; give each its own"
            sids.add(sid)
            if kind != "resource" and not _SID_PATTERN.match(sid):
                yield f"the Sid {sid!r} may contain only letters and digits"
        yield from (f"{where} {each}" for each in _statement_problems(statement, kind, type))
    yield from (
        f"statement {len(document.statements) + 1} {each}"
        for each in _element_problems(document.partial_statement, kind)
    )


def _document_problems(document: PolicyDocument) -> Iterator[str]:
    for key in sorted(set(document.elements) - _DOCUMENT_ELEMENTS):
        yield f"{key!r} is not a policy element; use Version, Id and Statement"
    if not document.statements:
        yield "it has no Statement"
    version = document.elements.get("Version")
    if version is not None and version not in _VERSIONS:
        yield f"Version is {version!r}; use 2012-10-17"


def _statement_problems(statement: Statement, kind: str, type: str) -> Iterator[str]:
    if "Effect" not in statement:
        yield "has no Effect"
    yield from _exclusive_problems(statement, "Action")
    if kind != "trust" and type not in _TYPES_WITHOUT_RESOURCE:
        yield from _exclusive_problems(statement, "Resource")
    if kind != "identity":
        yield from _exclusive_problems(statement, "Principal")
    yield from _element_problems(statement, kind)


def _element_problems(statement: Statement, kind: str) -> Iterator[str]:
    """Yield what is wrong with the elements that a statement has, without those that it lacks."""
    for key in sorted(set(statement) - _STATEMENT_ELEMENTS):
        yield f"has {key!r}, which is not a statement element"
    if statement.get("Effect", "Allow") not in ("Allow", "Deny"):
        yield f"has the Effect {statement['Effect']!r}; use Allow or Deny"
    for action in as_strings(statement.get("Action")) + as_strings(statement.get("NotAction")):
        if not _ACTION_PATTERN.match(action):
            yield f"has the Action {action!r}; write SERVICE:ACTION"
        elif kind == "trust" and not action.startswith(("sts:", "*")):
            yield f"has the Action {action}; a trust policy accepts only sts: actions"
    yield from _resource_problems(statement, kind)
    if kind == "identity" and {"Principal", "NotPrincipal"} & set(statement):
        yield "has a Principal; an identity policy applies to the identity that it is attached to"
    if kind != "identity":
        yield from _principal_problems(statement.get("Principal"))
    yield from _condition_problems(statement.get("Condition"))


def _resource_problems(statement: Statement, kind: str) -> Iterator[str]:
    if kind == "trust" and {"Resource", "NotResource"} & set(statement):
        yield "has a Resource; a trust policy applies to its own role"
    for resource_arn in as_strings(statement.get("Resource")) + as_strings(statement.get("NotResource")):
        if not _RESOURCE_PATTERN.match(resource_arn):
            yield f"has the Resource {resource_arn!r}; write an ARN or *"


def _exclusive_problems(statement: Statement, key: str) -> Iterator[str]:
    given = [each for each in (key, f"Not{key}") if each in statement]
    if not given:
        yield f"has no {key}"
    elif len(given) > 1:
        yield f"has both {key} and Not{key}"
    elif statement[given[0]] in (None, "", [], {}):
        yield f"has an empty {given[0]}"


def _principal_problems(principal: Value) -> Iterator[str]:
    if isinstance(principal, dict):
        for key in sorted(set(principal) - _PRINCIPAL_TYPES):
            yield f"has a Principal of type {key!r}; types are AWS, Service, Federated and CanonicalUser"
        for service in as_strings(principal.get("Service")):
            if "." not in service:
                yield f"has the Service {service!r}; write it like ec2.amazonaws.com"
        for principal_id in as_strings(principal.get("AWS")):
            if not re.match(r"^(\*|\d{12}|arn:.*|A[A-Z0-9]{15,})$", principal_id):
                yield f"has the principal {principal_id!r}; write an ARN, an account id or *"
    elif principal not in (None, "*"):
        yield f"has the Principal {principal!r}; write * or an object"


def _condition_problems(condition: Value) -> Iterator[str]:
    if condition is None:
        return
    if not isinstance(condition, dict):
        yield "has a Condition that is not an object"
        return
    for operator, tests in condition.items():
        if not _OPERATOR_PATTERN.match(operator):
            yield f"has the unknown condition operator {operator!r}"
        if not isinstance(tests, dict):
            yield f"has a condition {operator} without keys"

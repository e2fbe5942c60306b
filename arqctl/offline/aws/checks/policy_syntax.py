"""Checks of policy documents against IAM's grammar."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.policy_parser import PolicyDocument, Statement, parse_policy, texts
from arqctl.offline.aws.checks.resource import Resource, make_error, walk_arguments
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Value

# The type of resource decides which elements a policy needs.
_IDENTITY = {
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
}
_RESOURCE = {
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
_NAMES = ("policy", "policy_document", "access_policies")
# An ECR repository's or secret's policy applies to the resource itself and needs no Resource.
_NO_RESOURCE = {"aws_ecr_repository_policy", "aws_secretsmanager_secret_policy", "aws_secretsmanager_secret"}
_TOP = {"Version", "Id", "Statement"}
_KEYS = {
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
_ACTION = re.compile(r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")
_RESOURCE_TEXT = re.compile(r"^(\*|\?|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\$\{.*|arn:\*.*)$", re.DOTALL)
_SID = re.compile(r"^[A-Za-z0-9]*$")
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_OPERATOR = re.compile(
    r"^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|Numeric(Not)?Equals"
    r"|(Numeric|Date)(LessThan|GreaterThan)(Equals)?|Date(Not)?Equals|Bool|BinaryEquals|(Not)?IpAddress"
    r"|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$"
)


def check_policies(resource: Resource) -> Iterator[Diagnostic]:
    """Check every policy document of a resource."""
    for top, name, value in walk_arguments(resource.values):
        kind = _kind(resource.type, name)
        if not kind:
            continue
        found = parse_policy(value)
        if isinstance(found, str):
            yield make_error("Malformed policy", f"{name}: {found}. Write a policy as JSON.", top)
        elif found:
            for problem in _problems(found, kind, resource.type):
                yield make_error("Malformed policy", f"{name}: {problem}.", top)


def _kind(type: str, name: str) -> str:
    if name == "assume_role_policy":
        return "trust"
    if name == "policy" and type == "aws_iam_role":
        return "identity"
    if name not in _NAMES:
        return ""
    if type in _IDENTITY:
        return "identity"
    return "resource" if type in _RESOURCE else ""


def _problems(found: PolicyDocument, kind: str, type: str) -> Iterator[str]:
    if found.whole:
        yield from _top(found)
    sids: set[str] = set()
    for number, statement in enumerate(found.statements, start=1):
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
            if kind != "resource" and not _SID.match(sid):
                yield f"the Sid {sid!r} may contain only letters and digits"
        yield from (f"{where} {each}" for each in _statement(statement, kind, type))
    yield from (f"statement {len(found.statements) + 1} {each}" for each in _members(found.cut, kind))


def _top(found: PolicyDocument) -> Iterator[str]:
    for key in sorted(set(found.keys) - _TOP):
        yield f"{key!r} is not a policy element; use Version, Id and Statement"
    if not found.statements:
        yield "it has no Statement"
    version = found.keys.get("Version")
    if version is not None and version not in _VERSIONS:
        yield f"Version is {version!r}; use 2012-10-17"


def _statement(statement: Statement, kind: str, type: str) -> Iterator[str]:
    if "Effect" not in statement:
        yield "has no Effect"
    yield from _either(statement, "Action")
    if kind != "trust" and type not in _NO_RESOURCE:
        yield from _either(statement, "Resource")
    if kind != "identity":
        yield from _either(statement, "Principal")
    yield from _members(statement, kind)


def _members(statement: Statement, kind: str) -> Iterator[str]:
    """Yield what is wrong with the elements that a statement has, without those that it lacks."""
    for key in sorted(set(statement) - _KEYS):
        yield f"has {key!r}, which is not a statement element"
    if statement.get("Effect", "Allow") not in ("Allow", "Deny"):
        yield f"has the Effect {statement['Effect']!r}; use Allow or Deny"
    for action in texts(statement.get("Action")) + texts(statement.get("NotAction")):
        if not _ACTION.match(action):
            yield f"has the Action {action!r}; write SERVICE:ACTION"
        elif kind == "trust" and not action.startswith(("sts:", "*")):
            yield f"has the Action {action}; a trust policy accepts only sts: actions"
    yield from _places(statement, kind)
    if kind == "identity" and {"Principal", "NotPrincipal"} & set(statement):
        yield "has a Principal; an identity policy applies to the identity that it is attached to"
    if kind != "identity":
        yield from _principal(statement.get("Principal"))
    yield from _condition(statement.get("Condition"))


def _places(statement: Statement, kind: str) -> Iterator[str]:
    if kind == "trust" and {"Resource", "NotResource"} & set(statement):
        yield "has a Resource; a trust policy applies to its own role"
    for place in texts(statement.get("Resource")) + texts(statement.get("NotResource")):
        if not _RESOURCE_TEXT.match(place):
            yield f"has the Resource {place!r}; write an ARN or *"


def _either(statement: Statement, key: str) -> Iterator[str]:
    given = [each for each in (key, f"Not{key}") if each in statement]
    if not given:
        yield f"has no {key}"
    elif len(given) > 1:
        yield f"has both {key} and Not{key}"
    elif statement[given[0]] in (None, "", [], {}):
        yield f"has an empty {given[0]}"


def _principal(principal: Value) -> Iterator[str]:
    if isinstance(principal, dict):
        for key in sorted(set(principal) - _PRINCIPALS):
            yield f"has a Principal of type {key!r}; types are AWS, Service, Federated and CanonicalUser"
        for service in texts(principal.get("Service")):
            if "." not in service:
                yield f"has the Service {service!r}; write it like ec2.amazonaws.com"
        for who in texts(principal.get("AWS")):
            if not re.match(r"^(\*|\d{12}|arn:.*|A[A-Z0-9]{15,})$", who):
                yield f"has the principal {who!r}; write an ARN, an account id or *"
    elif principal not in (None, "*"):
        yield f"has the Principal {principal!r}; write * or an object"


def _condition(condition: Value) -> Iterator[str]:
    if condition is None:
        return
    if not isinstance(condition, dict):
        yield "has a Condition that is not an object"
        return
    for operator, tests in condition.items():
        if not _OPERATOR.match(operator):
            yield f"has the unknown condition operator {operator!r}"
        if not isinstance(tests, dict):
            yield f"has a condition {operator} without keys"

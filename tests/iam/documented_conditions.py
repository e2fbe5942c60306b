"""Examples of AWS's documentation of condition operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.iam.simulator import Principal, Request
from tests.iam.statements import allow, document

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
OPERATORS = f"{_GUIDE}/reference_policies_elements_condition_operators.html"
SETS = f"{_GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html"
SEVERAL = f"{_GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html"
VARIABLES = f"{_GUIDE}/reference_policies_variables.html"

_ACCOUNT = "123456789012"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/example"
_BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"


@dataclass(frozen=True)
class Example:
    """A documented example and its decision."""

    name: str
    url: str
    principal: Principal
    request: Request
    decision: str


def condition_examples() -> Iterator[Example]:
    yield from _operators()
    yield from _sets()


def _operators() -> Iterator[Example]:
    tag, region = "aws:PrincipalTag/job", "aws:RequestedRegion"
    cases: list[tuple[str, str, dict[str, Any], dict[str, Any], bool]] = [
        ("StringEquals, equal", OPERATORS, {"StringEquals": {tag: "admin"}}, {tag: "admin"}, True),
        ("StringEquals, missing", OPERATORS, {"StringEquals": {tag: "admin"}}, {}, False),
        ("StringEquals is exact", OPERATORS, {"StringEquals": {tag: "admin"}}, {tag: "Admin"}, False),
        (
            "StringEqualsIgnoreCase",
            OPERATORS,
            {"StringEqualsIgnoreCase": {tag: "admin"}},
            {tag: "Admin"},
            True,
        ),
        ("StringNotEquals, missing", OPERATORS, {"StringNotEquals": {tag: "admin"}}, {}, True),
        ("StringNotEquals, equal", OPERATORS, {"StringNotEquals": {tag: "admin"}}, {tag: "admin"}, False),
        ("StringLike", OPERATORS, {"StringLike": {region: "eu-*"}}, {region: "eu-west-1"}, True),
        ("StringEqualsIfExists, missing", OPERATORS, {"StringEqualsIfExists": {tag: "admin"}}, {}, True),
        ("StringEqualsIfExists, other", OPERATORS, {"StringEqualsIfExists": {tag: "x"}}, {tag: "y"}, False),
        ("Null true, missing", OPERATORS, {"Null": {tag: "true"}}, {}, True),
        ("Null true, present", OPERATORS, {"Null": {tag: "true"}}, {tag: "x"}, False),
        ("Null false, present", OPERATORS, {"Null": {tag: "false"}}, {tag: "x"}, True),
        ("Bool, missing", OPERATORS, {"Bool": {"aws:SecureTransport": "true"}}, {}, False),
        ("Bool", OPERATORS, {"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "true"}, True),
        (
            "IpAddress",
            OPERATORS,
            {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            {"aws:SourceIp": "203.0.113.9"},
            True,
        ),
        (
            "NotIpAddress",
            OPERATORS,
            {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            {"aws:SourceIp": "203.0.113.9"},
            False,
        ),
        (
            "ArnLike",
            OPERATORS,
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::amzn*"}},
            {"aws:SourceArn": _BUCKET},
            True,
        ),
        (
            "ArnLike compares parts",
            OPERATORS,
            {"ArnLike": {"aws:SourceArn": "arn:aws:*:bucket"}},
            {"aws:SourceArn": "arn:aws:s3:::bucket"},
            False,
        ),
        ("ArnNotLike, missing", OPERATORS, {"ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::amzn*"}}, {}, True),
        ("one of several values", SEVERAL, {"StringEquals": {tag: ["a", "b"]}}, {tag: "b"}, True),
        (
            "none of several values, negated",
            SEVERAL,
            {"StringNotEquals": {tag: ["a", "b"]}},
            {tag: "b"},
            False,
        ),
        (
            "two keys, one fits",
            SEVERAL,
            {"StringEquals": {tag: "a", region: "eu-west-1"}},
            {tag: "a", region: "us-east-1"},
            False,
        ),
        (
            "two operators, both fit",
            SEVERAL,
            {"StringEquals": {tag: "a"}, "StringLike": {region: "eu-*"}},
            {tag: "a", region: "eu-west-1"},
            True,
        ),
        (
            "a policy variable",
            VARIABLES,
            {"StringEquals": {tag: "${aws:RequestedRegion}"}},
            {tag: "eu-west-1", region: "eu-west-1"},
            True,
        ),
    ]
    for name, url, condition, context, fits in cases:
        principal = _role(allow("ec2:DescribeInstances", when=condition))
        request = Request(action="ec2:DescribeInstances", context=context)
        yield Example(name, url, principal, request, "Allowed" if fits else "ImplicitlyDenied")


def _sets() -> Iterator[Example]:
    cases: list[tuple[str, str, list[str] | None, bool]] = [
        ("ForAllValues, all fit", "ForAllValues:StringEquals", ["cost"], True),
        ("ForAllValues, one doesn't fit", "ForAllValues:StringEquals", ["cost", "x"], False),
        ("ForAllValues, missing", "ForAllValues:StringEquals", None, True),
        ("ForAnyValue, one fits", "ForAnyValue:StringEquals", ["cost", "x"], True),
        ("ForAnyValue, none fits", "ForAnyValue:StringEquals", ["x"], False),
        ("ForAnyValue, missing", "ForAnyValue:StringEquals", None, False),
    ]
    for name, operator, tags, fits in cases:
        principal = _role(allow("ec2:CreateTags", when={operator: {"aws:TagKeys": ["cost", "team"]}}))
        request = Request(
            action="ec2:CreateTags",
            resource=f"arn:aws:ec2:eu-west-1:{_ACCOUNT}:instance/i-0123456789abcdef0",
            context={"aws:TagKeys": tags} if tags else {},
        )
        yield Example(name, SETS, principal, request, "Allowed" if fits else "ImplicitlyDenied")


def _role(statement: dict[str, Any]) -> Principal:
    return Principal(arn=_ROLE, identity=[document(statement)])

"""Plausible strings for an argument, from its published constraint and its name."""

import json
import re
from collections.abc import Iterator
from functools import cache

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import InvalidArgument, NoSuchExample, Unsatisfiable
from hypothesis.strategies import characters, from_regex

from arqctl.offline.aws_facts.value_checks import violation
from arqctl.offline.facts import Constraint

ACCOUNT, REGION = "123456789012", "eu-west-1"
_REGION_AND_ACCOUNT = f"{REGION}:{ACCOUNT}"
_UUID = "0f9e8d7c-1234-4abc-8def-00000000000"
_STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
IDENTITY_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [_STATEMENT]})
_OWN_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
RESOURCE_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{**_STATEMENT, "Principal": _OWN_ACCOUNT}]}
)
_TRUST_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
        ],
    }
)

# By the argument's name. `#` is a digit that makes values unique. The first value that satisfies the
# constraint is used.
_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"cidr.*ipv6|ipv6.*cidr", ("2001:db8:0:#00::/56",)),
    (r"cidr", ("10.0.#.0/24",)),
    (r"^assume_role_policy(_document)?$|^trust_policy$", (_TRUST_POLICY,)),
    (r"^(inline_policy|policy_document|permission_policy)$", (IDENTITY_POLICY,)),
    (r"^(resource_|access_)?(policy|policies)$|_policy$|_policy_json$", (RESOURCE_POLICY, IDENTITY_POLICY)),
    (
        r"kms_(master_)?key(_id|_arn)?$|^kms_key|^encryption_key",
        (f"arn:aws:kms:{_REGION_AND_ACCOUNT}:key/{_UUID}#",),
    ),
    (r"(^|_)role_arns?$|^(iam_role|role)$", (f"arn:aws:iam::{ACCOUNT}:role/example#",)),
    (r"certificate_arns?$", (f"arn:aws:acm:{_REGION_AND_ACCOUNT}:certificate/{_UUID}#",)),
    (
        r"target_group_arns?$",
        (
            f"arn:aws:elasticloadbalancing:{_REGION_AND_ACCOUNT}:targetgroup/example/012345678901234#",
            f"arn:aws:vpc-lattice:{_REGION_AND_ACCOUNT}:targetgroup/tg-0123456789abcdef#",
        ),
    ),
    (
        r"^load_balancer_arn",
        (f"arn:aws:elasticloadbalancing:{_REGION_AND_ACCOUNT}:loadbalancer/app/example/012345678901234#",),
    ),
    (
        r"listener_arns?$",
        (
            f"arn:aws:elasticloadbalancing:{_REGION_AND_ACCOUNT}:listener/app/example/0123456789012345/012345678901234#",
        ),
    ),
    (r"topic_arns?$", (f"arn:aws:sns:{_REGION_AND_ACCOUNT}:example#",)),
    (r"^(alarm|ok|insufficient_data)_actions$", (f"arn:aws:sns:{_REGION_AND_ACCOUNT}:example#",)),
    (r"^web_acl_arn$", (f"arn:aws:wafv2:{_REGION_AND_ACCOUNT}:regional/webacl/example/{_UUID}#",)),
    (r"bucket_arn$", ("arn:aws:s3:::example-#",)),
    (
        r"^location_arn$",
        ("arn:aws:s3:::example-#", f"arn:aws:s3:{_REGION_AND_ACCOUNT}:accesspoint/example-#"),
    ),
    (r"(^|_)vpc_ids?$", ("vpc-0123456789abcdef#",)),
    (r"(^|_)subnet_ids?$|^subnets$|^vpc_zone_identifier$", ("subnet-0123456789abcdef#",)),
    (r"security_groups?(_ids?)?$", ("sg-0123456789abcdef#",)),
    (r"route_table_ids?$", ("rtb-0123456789abcdef#",)),
    (r"nat_gateway_id$", ("nat-0123456789abcdef#",)),
    (r"internet_gateway_id$|^gateway_id$", ("igw-0123456789abcdef#",)),
    (r"allocation_ids?$", ("eipalloc-0123456789abcdef#",)),
    (r"network_acl_id$", ("acl-0123456789abcdef#",)),
    (r"vpc_endpoint_ids?$", ("vpce-0123456789abcdef#",)),
    (r"transit_gateway_id$", ("tgw-0123456789abcdef#",)),
    (r"launch_template_id$", ("lt-0123456789abcdef#",)),
    (r"(network_interface|eni)_ids?$", ("eni-0123456789abcdef#",)),
    (r"(^|_)file_system_id$", ("fs-0123456789abcdef#",)),
    (r"(image|ami)_id$|^ami$", ("ami-0123456789abcdef#",)),
    (r"instance_ids?$", ("i-0123456789abcdef#", "example-#")),
    (r"zone_id$", ("Z012345678901234567#", "euw1-az#")),
    (r"availability_zones?$", (f"{REGION}a", f"{REGION}b")),
    (r"region", (REGION, "eu-central-1", "eu-north-1")),
    (r"account(_ids?|s)?$|^(owner|catalog|registry)(_id)?$", ("12345678901#",)),
    (r"ipv6_address", ("2001:db8::#",)),
    (r"(^|_)ips?(v4)?(_address(es)?)?$", ("10.0.0.1#",)),
    (r"email", ("nobody#@example.com",)),
    (r"ur[il]s?$|endpoint|^issuer$", ("https://#.example.com", "https://#.example.com/")),
    (r"domain|host", ("#.example.com",)),
    (r"schedule|cron", ("rate(#0 days)", "cron(0 # * * ? *)")),
    (r"(_at|_date|_time|_timestamp)$|^(date|timestamp|expiration)$", ("2030-01-0#T00:00:00Z",)),
    (r"^unicode_icon$", ("★",)),
    # A release begins with the value of `version`, which is `example-#`.
    (r"^release_version$", ("example-#.1",)),
    (r"window", ("sun:1#:00-sun:1#:45", "0#:00-0#:45")),
    (r"json|^(definition|pattern|event_pattern|document|body|content|schema)$", ('{"example": ["#"]}',)),
)
_COMPILED = tuple((re.compile(pattern), texts) for pattern, texts in _BY_NAME)
_ANYTHING = ("example-#", "example#", "Example#", "EXAMPLE#", "#", "/example#", "example-example-example-#")
_MIN_WORD_LENGTH = 3
_PARTITION = re.compile(r"arn:(\[[^\]]*\]([+*]|\{[\d,]+\})?|\([^)]*\)\??|\.[*+])(?=:)")
_PRINTABLE = characters(min_codepoint=ord(" "), max_codepoint=ord("~"))
_GENERATION = settings(
    database=None,
    derandomize=True,
    max_examples=200,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class NoValueError(Exception):
    """No value was found that satisfies the constraint."""


def plausible_value(name: str, constraint: Constraint, number: int) -> str:
    """Return a value for an argument of this name, a different one for each number.

    Raises:
        NoValueError: if no value satisfies the constraint.
    """
    if constraint.values:
        return constraint.values[number % len(constraint.values)]
    digit = str(number + 2)
    for candidate in _candidates(name, constraint, number):
        value = candidate.replace("#", digit)
        if not violation(value, constraint):
            return value
    return _generate(constraint, number)


def _candidates(name: str, constraint: Constraint, number: int) -> Iterator[str]:
    wants_arn = name.endswith(("arn", "arns"))
    for pattern, texts in _COMPILED:
        if pattern.search(name):
            # Values without a digit are made unique by rotating the list.
            first = 0 if any("#" in each for each in texts) else number % len(texts)
            rotated = (*texts[first:], *texts[:first])
            yield from (each for each in rotated if each.startswith("arn:") or not wants_arn)
    if not wants_arn:
        yield from _ANYTHING
    if wants_arn or "arn" in constraint.pattern:
        yield from _arns(constraint.pattern)
    yield "example-#".ljust(constraint.min_length or 0, "x")
    yield "#".rjust(constraint.min_length or 0, "0")
    yield "#".rjust(constraint.min_length or 0, "A")


def _arns(pattern: str) -> Iterator[str]:
    """Yield ARNs of the services and resource kinds that the pattern names."""
    words = [each for each in re.findall(r"[a-z][a-z0-9-]+", pattern) if len(each) >= _MIN_WORD_LENGTH]
    words = ["example", *(each for each in words if each not in ("arn", "aws"))]
    for service in words:
        yield f"arn:aws:{service}:{_REGION_AND_ACCOUNT}:example/example#"
        for kind in words:
            for rest in ("/example#", ":example#", "/example#/example#", f"/{_UUID}#", ":example:#"):
                yield f"arn:aws:{service}:{_REGION_AND_ACCOUNT}:{kind}{rest}"
                yield f"arn:aws:{service}::{ACCOUNT}:{kind}{rest}"


@cache
def _generate(constraint: Constraint, number: int) -> str:
    used = {_generate(constraint, before) for before in range(number)}

    def fits(value: str) -> bool:
        return value != "" and value not in used and not violation(value, constraint)

    pattern = _PARTITION.sub("arn:aws", constraint.pattern) or f"[a-z]{{{constraint.min_length or 1}}}"
    try:
        return find(from_regex(pattern, alphabet=_PRINTABLE), fits, settings=_GENERATION)
    except (NoSuchExample, Unsatisfiable, InvalidArgument) as error:
        raise NoValueError(f"nothing fits {constraint}") from error

"""Checks that references lead to the right type of resource: `vpc_id` to a VPC, `role_arn` to a role."""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, as_list, known_prefix, make_error, walk_arguments
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value

# Prefixes of an argument's value, by the argument's name.
_ID_PREFIXES: tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...] = tuple(
    (re.compile(pattern), prefixes, expected)
    for pattern, prefixes, expected in (
        (r"^(peer_|accepter_)?vpc_id$", ("vpc-",), "a VPC's id"),
        (r"^(vpc_)?subnet_ids?$|^vpc_zone_identifier$|^subnets$", ("subnet-",), "a subnet's id"),
        (
            r"^(vpc_|source_|referenced_|cluster_)?security_group_ids?$|^(node_|default_)security_group_id$",
            ("sg-",),
            "a security group's id",
        ),
        (r"^(default_)?route_table_ids?$", ("rtb-",), "a route table's id"),
        (r"^nat_gateway_id$", ("nat-",), "a NAT gateway's id"),
        (r"^internet_gateway_id$", ("igw-",), "an internet gateway's id"),
        (r"^allocation_id$", ("eipalloc-",), "the allocation id of an Elastic IP address"),
        (r"^(default_)?network_acl_id$", ("acl-",), "a network ACL's id"),
        (r"^vpc_endpoint_id$", ("vpce-",), "a VPC endpoint's id"),
        (r"^transit_gateway_id$", ("tgw-",), "a transit gateway's id"),
        (r"^launch_template_id$", ("lt-",), "a launch template's id"),
        (r"^network_interface_id$", ("eni-",), "a network interface's id"),
    )
)
# Types whose arguments of these names mean something else.
_EXCLUDED_TYPES = {
    "aws_elasticache_cluster",
    "aws_redshift_cluster",
    "aws_dax_cluster",
    "aws_memorydb_cluster",
}
_ARN_PATTERNS = (
    (re.compile(r"(^|_)role_arn$"), re.compile(r"^arn:[\w-]+:iam::[^:]*:role/"), "a role's ARN"),
    (re.compile(r"^kms_(master_)?key_arn$"), re.compile(r"^arn:[\w-]+:kms:"), "the ARN of a KMS key"),
    (
        re.compile(r"^(acm_)?certificate_arn$"),
        re.compile(r"^arn:[\w-]+:(acm|iam|acm-pca|iot):"),
        "a certificate's ARN",
    ),
    (
        re.compile(r"^target_group_arns?$"),
        re.compile(r"^arn:[\w-]+:(elasticloadbalancing|vpc-lattice):.*targetgroup/"),
        "a target group's ARN",
    ),
    (
        re.compile(r"^load_balancer_arn$"),
        re.compile(r"^arn:[\w-]+:elasticloadbalancing:.*:loadbalancer/"),
        "a load balancer's ARN",
    ),
    (
        re.compile(r"^listener_arn$"),
        re.compile(r"^arn:[\w-]+:(elasticloadbalancing|globalaccelerator):.*listener/"),
        "a listener's ARN",
    ),
    (re.compile(r"^topic_arn$"), re.compile(r"^arn:[\w-]+:sns:"), "the ARN of an SNS topic"),
    (re.compile(r"^web_acl_arn$"), re.compile(r"^arn:[\w-]+:wafv2:.*/webacl/"), "the ARN of a web ACL"),
)

# Arguments that take a role's ARN although their names don't end in role_arn.
_ROLE_ARGUMENTS = {("aws_s3_bucket_replication_configuration", "role")}


def check_references(resource: Resource) -> Iterator[Diagnostic]:
    """Check every reference at any depth whose argument's name states the type of its target."""
    for top, name, value in walk_arguments(resource.values):
        for each in as_list(value) or [value]:
            yield from _check_id(resource, top, name, each)
            yield from _check_arn(top, "role_arn" if (resource.type, name) in _ROLE_ARGUMENTS else name, each)


def _check_id(resource: Resource, top: str, name: str, value: Value) -> Iterator[Diagnostic]:
    prefix = known_prefix(value)
    if resource.type in _EXCLUDED_TYPES or not prefix or (top, name) == ("id", "id"):
        return
    for pattern, prefixes, expected in _ID_PREFIXES:
        if pattern.match(name) and not prefix.startswith(prefixes) and not _is_too_short(value, prefixes):
            yield make_error(
                "Reference to another type of resource", f"{name} is {_display(value)}. Use {expected}.", top
            )


def _check_arn(top: str, name: str, value: Value) -> Iterator[Diagnostic]:
    prefix = known_prefix(value)
    # A predicted ARN may end before its resource type.
    if not prefix.startswith("arn:") or (isinstance(value, Unknown) and "/" not in prefix):
        return
    for names, arns, expected in _ARN_PATTERNS:
        if names.search(name) and not arns.match(prefix):
            yield make_error(
                "Reference to another type of resource", f"{name} is {_display(value)}. Use {expected}.", top
            )


def _is_too_short(value: Value, prefixes: tuple[str, ...]) -> bool:
    return isinstance(value, Unknown) and any(each.startswith(value.prefix) for each in prefixes)


def _display(value: Value) -> str:
    return f"{known_prefix(value)}…" if isinstance(value, Unknown) else repr(value)

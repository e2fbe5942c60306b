"""Checks of resource names: characters and length, as each service's documentation states them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class NameFormat:
    """Format of a name: a pattern for the whole name, its length, and a description of the pattern."""

    pattern: str
    max_length: int
    description: str
    min_length: int = 1


_IAM = r"[\w+=,.@-]+"
_IAM_DESCRIPTION = "letters, digits and + = , . @ _ -"
_RDS = r"[A-Za-z](?:-?[A-Za-z0-9])*"
_RDS_DESCRIPTION = "letters, digits and single hyphens, starting with a letter and not ending with a hyphen"
_LB = r"(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_LB_DESCRIPTION = (
    "letters, digits and hyphens, not starting with a hyphen or internal-, not ending with a hyphen"
)
_BUCKET = (
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)"
    r"[a-z0-9][a-z0-9.-]*[a-z0-9](?<!-s3alias)(?<!--ol-s3)"
)
_FORMATS: dict[tuple[str, str], NameFormat] = {
    ("aws_s3_bucket", "bucket"): NameFormat(
        _BUCKET,
        63,
        "lower-case letters, digits, dots and hyphens, starting and ending with a letter or digit, and "
        "no IP address",
        3,
    ),
    ("aws_iam_role", "name"): NameFormat(_IAM, 64, _IAM_DESCRIPTION),
    ("aws_iam_user", "name"): NameFormat(_IAM, 64, _IAM_DESCRIPTION),
    ("aws_iam_group", "name"): NameFormat(_IAM, 128, _IAM_DESCRIPTION),
    ("aws_iam_policy", "name"): NameFormat(_IAM, 128, _IAM_DESCRIPTION),
    ("aws_iam_role_policy", "name"): NameFormat(_IAM, 128, _IAM_DESCRIPTION),
    ("aws_iam_instance_profile", "name"): NameFormat(_IAM, 128, _IAM_DESCRIPTION),
    ("aws_iam_role", "path"): NameFormat(
        r"/([\x21-\x7e]+/)?", 512, "a path that starts and ends with a slash"
    ),
    ("aws_db_instance", "identifier"): NameFormat(_RDS, 63, _RDS_DESCRIPTION),
    ("aws_rds_cluster", "cluster_identifier"): NameFormat(_RDS, 63, _RDS_DESCRIPTION),
    ("aws_rds_cluster_instance", "identifier"): NameFormat(_RDS, 63, _RDS_DESCRIPTION),
    ("aws_db_proxy", "name"): NameFormat(_RDS, 63, _RDS_DESCRIPTION),
    ("aws_db_instance", "final_snapshot_identifier"): NameFormat(_RDS, 255, _RDS_DESCRIPTION),
    ("aws_db_parameter_group", "name"): NameFormat(_RDS, 255, _RDS_DESCRIPTION),
    ("aws_db_subnet_group", "name"): NameFormat(
        r"(?!default$)[a-z0-9 ._-]+", 255, "lower-case letters, digits, spaces and . _ -, and not default"
    ),
    ("aws_db_instance", "username"): NameFormat(
        r"[A-Za-z]\w*", 63, "letters, digits and _, starting with a letter"
    ),
    ("aws_elasticache_replication_group", "replication_group_id"): NameFormat(_RDS, 40, _RDS_DESCRIPTION),
    ("aws_elasticache_cluster", "cluster_id"): NameFormat(_RDS, 50, _RDS_DESCRIPTION),
    ("aws_elasticache_user", "user_id"): NameFormat(_RDS, 40, _RDS_DESCRIPTION),
    ("aws_elasticache_user_group", "user_group_id"): NameFormat(_RDS, 40, _RDS_DESCRIPTION),
    ("aws_elasticache_subnet_group", "name"): NameFormat(
        r"[A-Za-z0-9-]+", 255, "letters, digits and hyphens"
    ),
    ("aws_lb", "name"): NameFormat(_LB, 32, _LB_DESCRIPTION),
    ("aws_lb_target_group", "name"): NameFormat(_LB, 32, _LB_DESCRIPTION),
    ("aws_lb_target_group", "name_prefix"): NameFormat(
        r"[A-Za-z0-9][A-Za-z0-9-]*", 6, "letters, digits and hyphens"
    ),
    ("aws_lb", "name_prefix"): NameFormat(
        r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*", 6, "letters, digits and hyphens"
    ),
    ("aws_eks_cluster", "name"): NameFormat(r"[A-Za-z0-9][\w-]*", 100, "letters, digits, _ and hyphens"),
    ("aws_eks_node_group", "node_group_name"): NameFormat(
        r"[A-Za-z0-9][\w-]*", 63, "letters, digits, _ and hyphens"
    ),
    ("aws_cloudwatch_log_group", "name"): NameFormat(r"[\w./#-]+", 512, "letters, digits and . _ - / #"),
    ("aws_sqs_queue", "name"): NameFormat(r"[\w-]{1,75}\.fifo|[\w-]+", 80, "letters, digits, _ and hyphens"),
    ("aws_sns_topic", "name"): NameFormat(r"[\w-]+(\.fifo)?", 256, "letters, digits, _ and hyphens"),
    ("aws_lambda_function", "function_name"): NameFormat(r"[\w:-]+", 140, "letters, digits, _ and hyphens"),
    ("aws_ecr_repository", "name"): NameFormat(
        r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*",
        256,
        "lower-case letters, digits and . _ - /",
        2,
    ),
    ("aws_kms_alias", "name"): NameFormat(
        r"alias/(?!aws/)[\w/-]+", 256, "alias/, then letters, digits and / _ -; not alias/aws/"
    ),
    ("aws_launch_template", "name"): NameFormat(r"[\w()./-]+", 128, "letters, digits and ( ) . / _ -", 3),
    ("aws_security_group", "name"): NameFormat(
        r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]+", 255, "a name that doesn't start with sg-"
    ),
    ("aws_security_group", "description"): NameFormat(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_vpc_security_group_ingress_rule", "description"): NameFormat(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_vpc_security_group_egress_rule", "description"): NameFormat(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_autoscaling_group", "name"): NameFormat(r"[^\x00-\x1f]+", 255, "no control characters"),
    ("aws_dynamodb_table", "name"): NameFormat(r"[\w.-]+", 255, "letters, digits and . _ -", 3),
    ("aws_secretsmanager_secret", "name"): NameFormat(
        r"[\w/+=.@-]+", 512, "letters, digits and / _ + = . @ -"
    ),
    ("aws_ssm_parameter", "name"): NameFormat(
        r"(?!/?(?:[Aa][Ww][Ss]|[Ss][Ss][Mm]))[\w./-]+",
        1011,
        "letters, digits and . _ - /, not starting with aws or ssm",
    ),
    ("aws_cloudwatch_event_rule", "name"): NameFormat(r"[\w.-]+", 64, "letters, digits and . _ -"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"): NameFormat(r"[^\x00-\x1f]+", 255, "no control characters"),
    ("aws_cloudwatch_dashboard", "dashboard_name"): NameFormat(
        r"[\w-]+", 255, "letters, digits, _ and hyphens"
    ),
    ("aws_synthetics_canary", "name"): NameFormat(
        r"[0-9a-z_-]+", 255, "lower-case letters, digits, _ and hyphens"
    ),
    ("aws_wafv2_web_acl", "name"): NameFormat(r"[\w-]+", 128, "letters, digits, _ and hyphens"),
    ("aws_cloudfront_function", "name"): NameFormat(r"[\w-]+", 64, "letters, digits, _ and hyphens"),
    ("aws_backup_vault", "name"): NameFormat(r"[\w-]+", 50, "letters, digits, _ and hyphens", 2),
    ("aws_backup_plan", "name"): NameFormat(r"[\w.-]+", 50, "letters, digits and . _ -"),
    ("aws_backup_selection", "name"): NameFormat(r"[\w.-]+", 50, "letters, digits and . _ -"),
    ("aws_backup_restore_testing_plan", "name"): NameFormat(r"\w+", 50, "letters, digits and _"),
    ("aws_backup_restore_testing_selection", "name"): NameFormat(r"\w+", 50, "letters, digits and _"),
}
# Length of the suffix that Terraform appends to a prefix.
_APPENDED_LENGTH = 26
_SHORT_PREFIXES = {("aws_lb", "name"), ("aws_lb_target_group", "name")}
_COMPILED = {key: re.compile(rf"(?:{name.pattern})\Z", re.ASCII) for key, name in _FORMATS.items()}
_BY_TYPE: dict[str, list[str]] = {}
for _type, _argument in _FORMATS:
    _BY_TYPE.setdefault(_type, []).append(_argument)


def check_names(resource: Resource) -> Iterator[Diagnostic]:
    """Check each name and name prefix of a resource."""
    for argument in _BY_TYPE.get(resource.type, ()):
        name = _FORMATS[resource.type, argument]
        given = resource.values.get(argument)
        if isinstance(given, str) and (given or name.min_length):
            yield from _check_name(resource.type, argument, given, name)
        prefix = resource.get_text(f"{argument}_prefix")
        if prefix and (resource.type, argument) not in _SHORT_PREFIXES:
            yield from _check_prefix(f"{argument}_prefix", prefix, name)


def _check_name(type: str, argument: str, given: str, name: NameFormat) -> Iterator[Diagnostic]:
    if not name.min_length <= len(given) <= name.max_length:
        yield make_error(
            "Invalid length of a name",
            f"{argument} {given!r} has {len(given)} characters. Use {name.min_length} to {name.max_length}.",
            argument,
        )
    elif not _COMPILED[type, argument].match(given):
        yield make_error("Invalid name", f"{argument} is {given!r}. It accepts {name.description}.", argument)


def _check_prefix(argument: str, given: str, name: NameFormat) -> Iterator[Diagnostic]:
    limit = name.max_length - _APPENDED_LENGTH
    if len(given) > limit:
        yield make_error(
            "Prefix is too long",
            f"{argument} {given!r} has {len(given)} characters. Use at most {limit}: Terraform appends "
            f"{_APPENDED_LENGTH} more.",
            argument,
        )

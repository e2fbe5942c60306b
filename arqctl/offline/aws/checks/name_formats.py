"""Names as AWS takes them. `docs` of each service say which; only what is refused for sure stands here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.offline.aws.checks.resource import Resource, make_error
from arqctl.offline.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Name:
    """How a name is written: a pattern for the whole of it, its length, and both in words."""

    pattern: str
    longest: int
    words: str
    shortest: int = 1


_IAM = r"[\w+=,.@-]+"
_IAM_WORDS = "letters, digits and + = , . @ _ -"
_RDS = r"[A-Za-z](?:-?[A-Za-z0-9])*"
_RDS_WORDS = "letters, digits and single hyphens, with a letter first and no hyphen last"
_LB = r"(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_LB_WORDS = "letters, digits and hyphens, with no hyphen first or last, and not internal- first"
_BUCKET = (
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)"
    r"[a-z0-9][a-z0-9.-]*[a-z0-9](?<!-s3alias)(?<!--ol-s3)"
)
_NAMES: dict[tuple[str, str], Name] = {
    ("aws_s3_bucket", "bucket"): Name(
        _BUCKET,
        63,
        "lower-case letters, digits, dots and hyphens, a letter or digit first and last, no IP address",
        3,
    ),
    ("aws_iam_role", "name"): Name(_IAM, 64, _IAM_WORDS),
    ("aws_iam_user", "name"): Name(_IAM, 64, _IAM_WORDS),
    ("aws_iam_group", "name"): Name(_IAM, 128, _IAM_WORDS),
    ("aws_iam_policy", "name"): Name(_IAM, 128, _IAM_WORDS),
    ("aws_iam_role_policy", "name"): Name(_IAM, 128, _IAM_WORDS),
    ("aws_iam_instance_profile", "name"): Name(_IAM, 128, _IAM_WORDS),
    ("aws_iam_role", "path"): Name(r"/([\x21-\x7e]+/)?", 512, "slashes first and last"),
    ("aws_db_instance", "identifier"): Name(_RDS, 63, _RDS_WORDS),
    ("aws_rds_cluster", "cluster_identifier"): Name(_RDS, 63, _RDS_WORDS),
    ("aws_rds_cluster_instance", "identifier"): Name(_RDS, 63, _RDS_WORDS),
    ("aws_db_proxy", "name"): Name(_RDS, 63, _RDS_WORDS),
    ("aws_db_instance", "final_snapshot_identifier"): Name(_RDS, 255, _RDS_WORDS),
    ("aws_db_parameter_group", "name"): Name(_RDS, 255, _RDS_WORDS),
    ("aws_db_subnet_group", "name"): Name(
        r"(?!default$)[a-z0-9 ._-]+", 255, "lower-case letters, digits, spaces and . _ -, and not default"
    ),
    ("aws_db_instance", "username"): Name(r"[A-Za-z]\w*", 63, "letters, digits and _, with a letter first"),
    ("aws_elasticache_replication_group", "replication_group_id"): Name(_RDS, 40, _RDS_WORDS),
    ("aws_elasticache_cluster", "cluster_id"): Name(_RDS, 50, _RDS_WORDS),
    ("aws_elasticache_user", "user_id"): Name(_RDS, 40, _RDS_WORDS),
    ("aws_elasticache_user_group", "user_group_id"): Name(_RDS, 40, _RDS_WORDS),
    ("aws_elasticache_subnet_group", "name"): Name(r"[A-Za-z0-9-]+", 255, "letters, digits and hyphens"),
    ("aws_lb", "name"): Name(_LB, 32, _LB_WORDS),
    ("aws_lb_target_group", "name"): Name(_LB, 32, _LB_WORDS),
    ("aws_lb_target_group", "name_prefix"): Name(
        r"[A-Za-z0-9][A-Za-z0-9-]*", 6, "letters, digits and hyphens"
    ),
    ("aws_lb", "name_prefix"): Name(
        r"(?!internal-)[A-Za-z0-9][A-Za-z0-9-]*", 6, "letters, digits and hyphens"
    ),
    ("aws_eks_cluster", "name"): Name(r"[A-Za-z0-9][\w-]*", 100, "letters, digits, _ and hyphens"),
    ("aws_eks_node_group", "node_group_name"): Name(
        r"[A-Za-z0-9][\w-]*", 63, "letters, digits, _ and hyphens"
    ),
    ("aws_cloudwatch_log_group", "name"): Name(r"[\w./#-]+", 512, "letters, digits and . _ - / #"),
    ("aws_sqs_queue", "name"): Name(r"[\w-]{1,75}\.fifo|[\w-]+", 80, "letters, digits, _ and hyphens"),
    ("aws_sns_topic", "name"): Name(r"[\w-]+(\.fifo)?", 256, "letters, digits, _ and hyphens"),
    ("aws_lambda_function", "function_name"): Name(r"[\w:-]+", 140, "letters, digits, _ and hyphens"),
    ("aws_ecr_repository", "name"): Name(
        r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*",
        256,
        "lower-case letters, digits and . _ - /",
        2,
    ),
    ("aws_kms_alias", "name"): Name(
        r"alias/(?!aws/)[\w/-]+", 256, "alias/ first, not alias/aws/, then letters, digits and / _ -"
    ),
    ("aws_launch_template", "name"): Name(r"[\w()./-]+", 128, "letters, digits and ( ) . / _ -", 3),
    ("aws_security_group", "name"): Name(r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]+", 255, "no sg- first"),
    ("aws_security_group", "description"): Name(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_vpc_security_group_ingress_rule", "description"): Name(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_vpc_security_group_egress_rule", "description"): Name(
        r"[\w .:/()#,@\[\]+=&;{}!$*-]*", 255, "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", 0
    ),
    ("aws_autoscaling_group", "name"): Name(r"[^\x00-\x1f]+", 255, "no control characters"),
    ("aws_dynamodb_table", "name"): Name(r"[\w.-]+", 255, "letters, digits and . _ -", 3),
    ("aws_secretsmanager_secret", "name"): Name(r"[\w/+=.@-]+", 512, "letters, digits and / _ + = . @ -"),
    ("aws_ssm_parameter", "name"): Name(
        r"(?!/?(?:[Aa][Ww][Ss]|[Ss][Ss][Mm]))[\w./-]+",
        1011,
        "letters, digits and . _ - /, and neither aws nor ssm first",
    ),
    ("aws_cloudwatch_event_rule", "name"): Name(r"[\w.-]+", 64, "letters, digits and . _ -"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"): Name(r"[^\x00-\x1f]+", 255, "no control characters"),
    ("aws_cloudwatch_dashboard", "dashboard_name"): Name(r"[\w-]+", 255, "letters, digits, _ and hyphens"),
    ("aws_wafv2_web_acl", "name"): Name(r"[\w-]+", 128, "letters, digits, _ and hyphens"),
    ("aws_cloudfront_function", "name"): Name(r"[\w-]+", 64, "letters, digits, _ and hyphens"),
}
# What Terraform appends to a prefix, in characters.
_APPENDED = 26
_SHORT_PREFIXES = {("aws_lb", "name"), ("aws_lb_target_group", "name")}
_COMPILED = {key: re.compile(rf"(?:{name.pattern})\Z", re.ASCII) for key, name in _NAMES.items()}
_BY_TYPE: dict[str, list[str]] = {}
for _type, _argument in _NAMES:
    _BY_TYPE.setdefault(_type, []).append(_argument)


def check_names(resource: Resource) -> Iterator[Diagnostic]:
    """The names that a resource gives."""
    for argument in _BY_TYPE.get(resource.type, ()):
        name = _NAMES[resource.type, argument]
        given = resource.values.get(argument)
        if isinstance(given, str) and (given or name.shortest):
            yield from _check_name(resource.type, argument, given, name)
        prefix = resource.get_text(f"{argument}_prefix")
        if prefix and (resource.type, argument) not in _SHORT_PREFIXES:
            yield from _check_prefix(f"{argument}_prefix", prefix, name)


def _check_name(type: str, argument: str, given: str, name: Name) -> Iterator[Diagnostic]:
    if not name.shortest <= len(given) <= name.longest:
        yield make_error(
            "A name of a length that AWS refuses",
            f"{argument} {given!r} has {len(given)} characters; {name.shortest} to {name.longest} are taken.",
            argument,
        )
    elif not _COMPILED[type, argument].match(given):
        yield make_error(
            "A name that AWS refuses", f"{argument} is {given!r}; it takes {name.words}.", argument
        )


def _check_prefix(argument: str, given: str, name: Name) -> Iterator[Diagnostic]:
    room = name.longest - _APPENDED
    if len(given) > room:
        yield make_error(
            "A prefix that is too long",
            f"{argument} {given!r} has {len(given)} characters; {room} are taken, as more is appended.",
            argument,
        )

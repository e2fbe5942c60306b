"""A value that AWS rejects yields a diagnostic with argument, value and fix; a valid value yields none."""

import json
from pathlib import Path

import pytest

from arqctl.offline.aws_facts.argument_checks import check_arguments
from arqctl.offline.aws_facts.value_checks import violation
from arqctl.offline.facts import Constraint, Facts
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import STRING, Collection
from arqctl.offline.values import UNKNOWN, Value
from tests.arqctl.offline.aws_facts.installed_facts import aws, check, facts

SNAPSHOTS = Path(__file__).parents[3] / "snapshots"


def nested(names: list[str], value: Value) -> Value:
    for name in reversed(names):
        value = [{name: value}]
    return value


INVALID = [
    ("aws_launch_template", "metadata_options.http_tokens", "maybe", "optional, required"),
    ("aws_db_instance", "storage_type", "gp9", "gp3"),
    ("aws_db_instance", "backup_retention_period", 36, "at most 35"),
    ("aws_lambda_function", "runtime", "python1.0", "python3.13"),
    ("aws_vpc_security_group_ingress_rule", "ip_protocol", "tcpp", "icmp"),
    ("aws_vpc_security_group_ingress_rule", "from_port", 70000, "at most 65535"),
    ("aws_lb_target_group", "target_type", "pod", "instance"),
    ("aws_lb_target_group", "protocol", "HTPS", "HTTPS"),
    ("aws_s3_bucket_versioning", "versioning_configuration.status", "On", "Enabled"),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "rule.apply_server_side_encryption_by_default.sse_algorithm",
        "aes",
        "AES256",
    ),
    ("aws_eks_cluster", "access_config.authentication_mode", "IAM", "API_AND_CONFIG_MAP"),
    ("aws_eks_node_group", "capacity_type", "CHEAP", "SPOT"),
    ("aws_flow_log", "traffic_type", "SOME", "REJECT"),
    ("aws_cloudfront_distribution", "price_class", "PriceClass_Cheap", "PriceClass_100"),
    ("aws_cloudfront_distribution", "default_cache_behavior.viewer_protocol_policy", "http", "https-only"),
    ("aws_cloudwatch_log_group", "retention_in_days", 31, "30"),
    ("aws_cloudwatch_metric_alarm", "comparison_operator", "Above", "GreaterThanThreshold"),
    ("aws_kms_key", "deletion_window_in_days", 3, "at least 7"),
    ("aws_iam_role", "max_session_duration", 60, "at least 3600"),
    ("aws_iam_role", "name", "has spaces", "values that match"),
    ("aws_iam_role", "name", "n" * 65, "at most 64 characters, got 65"),
    ("aws_sqs_queue", "visibility_timeout_seconds", 50_000, "at most 43200"),
    ("aws_wafv2_web_acl", "scope", "GLOBAL", "CLOUDFRONT"),
    ("aws_dynamodb_table", "billing_mode", "FREE", "PAY_PER_REQUEST"),
    ("aws_route53_record", "type", "AAA", "AAAA"),
]


@pytest.mark.parametrize(("type_", "path", "value", "accepted"), INVALID)
def test_an_invalid_value_is_rejected(type_: str, path: str, value: Value, accepted: str) -> None:
    first, *rest = path.split(".")
    (found,) = check(type_, {first: nested(rest, value)})
    assert path in found.detail
    assert json.dumps(value) in found.detail
    assert accepted in found.detail
    assert [step for step in found.path if isinstance(step, str)] == path.split(".")
    assert not found.is_warning


@pytest.mark.parametrize(
    ("type_", "config"),
    [
        ("aws_launch_template", {"metadata_options": [{"http_tokens": UNKNOWN}]}),
        ("aws_launch_template", {"metadata_options": UNKNOWN}),
        ("aws_launch_template", {"metadata_options": [{"http_tokens": None}]}),
        ("aws_launch_template", {"metadata_options": [{"http_tokens": ""}]}),
        ("aws_cloudwatch_log_group", {"retention_in_days": 0}),
        ("aws_ssm_parameter", {"type": "SecureString"}),
        ("aws_mq_broker", {"engine_type": "ActiveMQ"}),
        ("aws_lb_listener", {"protocol": "https"}),
        ("aws_batch_job_definition", {"type": "container"}),
        ("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1"}),
        ("aws_vpc_security_group_ingress_rule", {"ip_protocol": "50"}),
        ("aws_ecs_service", {"launch_type": "MANAGED_INSTANCES"}),
        ("aws_acm_certificate", {"validation_method": "HTTP"}),
        ("aws_db_instance", {"engine": "postgres", "engine_version": "17", "instance_class": "db.t4g.micro"}),
        ("aws_db_instance", {"engine": "postgres", "engine_version": "18", "instance_class": "db.r7g.large"}),
        ("aws_db_instance", {"engine": "Postgres", "engine_version": UNKNOWN, "instance_class": UNKNOWN}),
        ("aws_elasticache_replication_group", {"engine": "valkey", "engine_version": "8.0"}),
        ("aws_elasticache_replication_group", {"engine": "redis", "engine_version": "6.x"}),
        ("aws_instance", {"instance_type": "t4g.nano"}),
        ("aws_cognito_user_pool_domain", {"domain": "auth.example.com"}),
        (
            "aws_ec2_capacity_reservation",
            {"placement_group_arn": "arn:aws:ec2:eu-west-1:123456789012:placement-group/example"},
        ),
        (
            "aws_kendra_data_source",
            {
                "custom_document_enrichment_configuration": [
                    {
                        "pre_extraction_hook_configuration": [
                            {"lambda_arn": "arn:aws:lambda:eu-west-1:123456789012:function:example"}
                        ]
                    }
                ]
            },
        ),
    ],
)
def test_a_possibly_valid_value_is_accepted(type_: str, config: dict[str, Value]) -> None:
    assert check(type_, config) == []


NOT_IN_REGION = [
    ("aws_db_instance", {"engine": "postgresql"}, "engine", "postgres"),
    ("aws_db_instance", {"engine": "postgres", "engine_version": "15.0"}, "engine_version", "18"),
    (
        "aws_db_instance",
        {"engine": "postgres", "instance_class": "db.t4g.tiny"},
        "instance_class",
        "db.t4g.micro",
    ),
    ("aws_db_instance", {"engine": "postgres", "instance_class": "t4g.micro"}, "instance_class", "known"),
    ("aws_rds_cluster", {"engine": "aurora-postgresql", "engine_version": "1.2"}, "engine_version", "17"),
    ("aws_instance", {"instance_type": "m5.lrage"}, "instance_type", "m5.large"),
    (
        "aws_eks_node_group",
        {"instance_types": ["m7g.large", "m77.large"]},
        "instance_types",
        "unknown family",
    ),
    ("aws_elasticache_replication_group", {"node_type": "cache.t4g.huge"}, "node_type", "cache.t4g.micro"),
    ("aws_elasticache_replication_group", {"engine": "rediss"}, "engine", "valkey"),
]


@pytest.mark.parametrize(("type_", "config", "argument", "fix"), NOT_IN_REGION)
def test_a_value_that_the_region_lacks_is_rejected(
    type_: str, config: dict[str, Value], argument: str, fix: str
) -> None:
    (found,) = check(type_, config)
    assert argument in found.detail
    assert fix in found.detail
    assert found.path[0] == argument


def test_a_size_of_another_region_is_rejected_only_where_it_is_missing() -> None:
    config: dict[str, Value] = {"instance_type": "p5.48xlarge"}
    assert check("aws_instance", config, "us-east-1") == []
    (found,) = check("aws_instance", config, "eu-south-2")
    assert "not in this region (eu-south-2)" in found.detail


def test_a_region_without_lists_is_not_checked() -> None:
    assert check("aws_instance", {"instance_type": "m5.lrage"}, "xx-north-1") == []
    assert check("aws_instance", {"instance_type": "m5.lrage"}, "") == []


def test_a_diagnostic_hides_secret_values() -> None:
    block = Block({"password": Attribute("password", STRING, required=True)})
    facts_of_type = Facts(
        sensitive=frozenset({("password",)}),
        constraints={("password",): Constraint("botocore", min_length=8)},
    )
    (found,) = check_arguments(facts_of_type, block, {"password": "hunter2"})
    assert "hunter2" not in found.detail + found.summary
    assert "at least 8 characters" in found.detail


def test_an_element_of_a_set_has_the_path_of_the_set() -> None:
    tags = Collection("set", STRING)
    inner = Block({"names": Attribute("names", tags, optional=True)})
    block = Block({}, {"rule": NestedBlock("rule", Nesting.LIST, inner)})
    facts_of_type = Facts(
        constraints={("rule", "names"): Constraint("CloudFormation", values=("a", "b"), max_items=2)}
    )
    found = list(
        check_arguments(facts_of_type, block, {"rule": [{"names": ["a", "b"]}, {"names": ["a", "b", "c"]}]})
    )
    assert [each.path for each in found] == [("rule", 1, "names"), ("rule", 1, "names")]
    assert "at most 2" in found[0].detail
    assert '"c"' in found[1].detail


def test_a_pattern_matches_anywhere_in_the_value() -> None:
    assert violation("my-arn:x", Constraint("botocore", pattern="arn:")) == ""
    assert violation("my-arn:x", Constraint("botocore", pattern="^arn:")) != ""


def test_a_pattern_that_python_cannot_compile_is_ignored() -> None:
    assert violation("x", Constraint("botocore", pattern=r"[\w-/]+")) == ""


def test_known_sensitive_arguments() -> None:
    expected = {
        "aws_db_instance": ("password",),
        "aws_rds_cluster": ("master_password",),
        "aws_secretsmanager_secret_version": ("secret_string",),
        "aws_ssm_parameter": ("value",),
        "aws_iam_access_key": ("secret",),
        "aws_elasticache_replication_group": ("auth_token",),
        "aws_elasticache_user": ("passwords",),
        "aws_lb_listener": ("default_action", "authenticate_oidc", "client_secret"),
        "random_password": ("result",),
        "tls_private_key": ("private_key_pem",),
        "kubernetes_secret_v1": ("data",),
    }
    for type_, path in expected.items():
        assert path in facts().of(type_).sensitive


# Cluster stacks, `ENV-platform`, and the stack of PagerDuty have no resources of AWS.
AWS_STACKS = sorted(
    file for file in SNAPSHOTS.glob("*.json") if file.stem != "paging" and not file.stem.endswith("-platform")
)


@pytest.mark.parametrize("stack", AWS_STACKS, ids=lambda file: file.stem)
def test_the_snapshots_have_no_findings(stack: Path) -> None:
    resources = json.loads(stack.read_text(encoding="utf-8")).get("resource", {})
    checkable_arguments = 0
    for type_ in (type_ for type_ in resources if type_.startswith("aws_")):
        block = aws().resource(type_)
        for name, config in resources[type_].items():
            found = check(type_, to_provider_values(block, config))
            assert found == [], f"{type_}.{name}"
            checkable_arguments += 1
    assert checkable_arguments


def to_provider_values(block: Block, config: dict[str, Value]) -> dict[str, Value]:
    """Convert JSON to the provider's form: references are unknown, repeatable blocks are lists."""
    values: dict[str, Value] = {}
    for name, value in config.items():
        nested_block = block.blocks.get(name)
        if nested_block is None:
            values[name] = mark_references_unknown(value)
        elif nested_block.nesting is Nesting.SINGLE and isinstance(value, dict):
            values[name] = to_provider_values(nested_block.block, value)
        else:
            each = value if isinstance(value, list) else [value]
            values[name] = [
                to_provider_values(nested_block.block, one) for one in each if isinstance(one, dict)
            ]
    return values


def mark_references_unknown(value: Value) -> Value:
    if isinstance(value, str):
        return UNKNOWN if "${" in value else value
    if isinstance(value, list):
        return [mark_references_unknown(each) for each in value]
    if isinstance(value, dict):
        return {name: mark_references_unknown(each) for name, each in value.items()}
    return value

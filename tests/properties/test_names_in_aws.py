"""Tests that any valid environment name results in resource names that AWS accepts."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.recovery import Loss
from environments.environment import MAX_NAME_LENGTH, MAX_STANDBY_NAME_LENGTH, Environment
from environments.error_reports import ErrorReports
from environments.production import PRODUCTION
from environments.staging import STAGING
from environments.synthesis import synthesize_environments
from tests.properties.terraform_json import blocks
from tests.properties.test_random_configurations import RANDOM
from tests.properties.valid_environments import environment_names

# Terraform adds a suffix of 26 characters to a prefix.
_ADDED = 26
_WORDS = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_TEXT = r"[\w+=,.@-]+"
_PREFIX = r"[a-z0-9-]*-"

# Maximum length and pattern of names in AWS.
_LIMITS = {
    "aws_autoscaling_group": {"name": (255, _TEXT)},
    "aws_cloudfront_cache_policy": {"name": (128, r"[\w-]+")},
    "aws_cloudfront_function": {"name": (64, r"[\w-]+")},
    "aws_cloudfront_origin_access_control": {"name": (64, _TEXT)},
    "aws_cloudfront_response_headers_policy": {"name": (128, r"[\w-]+")},
    "aws_cloudwatch_dashboard": {"dashboard_name": (255, r"[\w-]+")},
    "aws_cloudwatch_event_rule": {"name_prefix": (64 - _ADDED, _PREFIX)},
    "aws_cloudwatch_log_delivery_destination": {"name": (60, r"[\w-]+")},
    "aws_cloudwatch_log_delivery_source": {"name": (60, r"[\w-]+")},
    "aws_cloudwatch_log_group": {"name": (512, r"[\w/.#-]+")},
    "aws_cloudwatch_log_resource_policy": {"policy_name": (255, _TEXT)},
    "aws_cloudwatch_metric_alarm": {"alarm_name": (255, r"[\w -]+")},
    "aws_db_event_subscription": {"name": (255, r"[a-z0-9-]+")},
    "aws_db_instance": {"identifier": (63, _WORDS), "db_name": (63, r"[a-z]\w*")},
    "aws_db_parameter_group": {"name_prefix": (255 - _ADDED, _PREFIX)},
    "aws_db_proxy": {"name": (60, _WORDS)},
    "aws_db_subnet_group": {"name": (255, r"[a-z0-9_. -]+")},
    "aws_ecr_repository": {"name": (256, r"[a-z0-9]+([._/-][a-z0-9]+)*")},
    "aws_eks_cluster": {"name": (100, r"[0-9A-Za-z][\w-]*")},
    "aws_eks_node_group": {"node_group_name_prefix": (63 - _ADDED, r"[0-9A-Za-z][\w-]*")},
    "aws_elasticache_parameter_group": {"name": (255, _WORDS)},
    "aws_elasticache_replication_group": {"replication_group_id": (40, _WORDS)},
    "aws_elasticache_subnet_group": {"name": (255, r"[a-z0-9-]+")},
    "aws_elasticache_user": {"user_id": (40, _WORDS), "user_name": (120, r"[^\s]+")},
    "aws_elasticache_user_group": {"user_group_id": (40, _WORDS)},
    "aws_iam_instance_profile": {"name": (128, _TEXT), "name_prefix": (64 - _ADDED, _PREFIX)},
    "aws_iam_role": {"name_prefix": (64 - _ADDED, _PREFIX), "description": (1000, r"[\w ,./-]+")},
    "aws_iam_role_policy": {"name": (128, _TEXT)},
    "aws_iam_service_linked_role": {"custom_suffix": (64, _TEXT)},
    "aws_kms_alias": {"name": (256, r"alias/(?!aws/)[\w/-]+")},
    "aws_kms_key": {"description": (8192, r"[^\0]+")},
    "aws_lambda_function": {"function_name": (64, r"[\w-]+")},
    "aws_lambda_permission": {"statement_id": (100, r"[\w-]+")},
    "aws_launch_template": {"name": (128, r"[\w()./-]+"), "name_prefix": (125 - _ADDED, _PREFIX)},
    "aws_lb": {"name": (32, r"(?!internal-)[0-9A-Za-z]+(-[0-9A-Za-z]+)*")},
    "aws_lb_target_group": {"name_prefix": (6, _PREFIX)},
    "aws_s3_bucket": {
        "bucket": (63, r"[a-z0-9]+(-[a-z0-9]+)*"),
        "bucket_prefix": (63 - _ADDED, r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9-]+"),
    },
    "aws_security_group": {
        "name_prefix": (255 - _ADDED, r"(?!sg-)[\w -]+"),
        "description": (255, r"[\w .:/()#,@\[\]+=&;{}!$*-]+"),
    },
    "aws_sns_topic": {"name": (256, r"[\w-]+")},
    "aws_sqs_queue": {"name": (80, r"[\w-]+")},
    "aws_wafv2_web_acl": {"name": (128, r"[\w-]+")},
}


def rejected_names(stack: dict[str, Any]) -> list[str]:
    """Return the names in a stack that AWS rejects."""
    return [
        f"{address}: {argument} is {body[argument]!r}, of {len(body[argument])} characters, at most {most}"
        for address, kind, body in blocks(stack)
        for argument, (most, form) in _LIMITS.get(kind, {}).items()
        if isinstance(body.get(argument), str)
        and not address.startswith("data.")
        and "${" not in body[argument]
        if len(body[argument]) > most or not re.fullmatch(form, body[argument])
    ]


def synthesize_with_name(name: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        written = synthesize_environments([with_name(name)], Path(folder))
        return [json.loads(file.read_text()) for file in written.glob("stacks/*/cdk.tf.json")]


def with_name(name: str) -> Environment:
    """Return production with another name, which the names of its secrets begin with.

    An environment with a long name can't have a standby, nor objectives that only a standby reaches.
    """
    shop = PRODUCTION.shop
    assert shop.receipts
    secrets = {"secrets": ErrorReports(key=f"{name}/sentry").files}
    receipts = shop.receipts.model_copy(update={"worker": shop.receipts.worker.model_copy(update=secrets)})
    changed = {
        "api": shop.api.model_copy(update=secrets),
        "settlement": shop.settlement.model_copy(update=secrets),
        "receipts": receipts,
    }
    values: dict[str, object] = {"name": name, "shop": shop.model_copy(update=changed)}
    if len(name) > MAX_STANDBY_NAME_LENGTH:
        recovery = {**PRODUCTION.recovery, Loss.REGION: STAGING.recovery[Loss.REGION]}
        values |= {"standby": None, "recovery": recovery}
    return PRODUCTION.model_copy(update=values)


def require_valid_resource_names(name: str) -> None:
    assert [rejected for stack in synthesize_with_name(name) for rejected in rejected_names(stack)] == []


@pytest.mark.parametrize("name", ["a", "a" * MAX_STANDBY_NAME_LENGTH, "-".join("a" * (MAX_NAME_LENGTH // 2))])
def test_short_and_long_environment_names_result_in_valid_resource_names(name: str) -> None:
    require_valid_resource_names(name)


@pytest.mark.slow
@settings(RANDOM, max_examples=10)
@example("aws")
@given(environment_names())
def test_environment_name_results_in_valid_resource_names(name: str) -> None:
    require_valid_resource_names(name)


def test_longer_name_is_rejected() -> None:
    with pytest.raises(ConfigError) as error, collect_problems("environments/long.py"):
        Environment(**{**dict(PRODUCTION), "name": "a" * (MAX_NAME_LENGTH + 1)})
    [problem] = error.value.problems
    assert (problem.path, str(MAX_NAME_LENGTH) in problem.message) == ("name", True)


@pytest.mark.parametrize(
    "name", ["internal", "internal-tools", "sg", "sthree-x", "shop-account", "shop-bootstrap"]
)
def test_reserved_name_is_rejected(name: str) -> None:
    with pytest.raises(ConfigError) as error, collect_problems("environments/reserved.py"):
        Environment(**{**dict(PRODUCTION), "name": name})
    assert [problem.path for problem in error.value.problems] == ["name"]


def test_invalid_resource_name_is_reported() -> None:
    stack = next(stack for stack in synthesize_with_name("a") if "aws_lb" in stack["resource"])
    balancers = stack["resource"]["aws_lb"].values()
    for balancer in balancers:
        balancer["name"] = "a" * 33
    assert len(rejected_names(stack)) == len(balancers) == 2

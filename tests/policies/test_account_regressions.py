"""Tests that the gate reports each part of the audit that the synthesized account stack loses."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from arqctl.core.assembly import Stack
from arqctl.gate.rule_results import Result
from arqctl.gate.rules import Rules, load_rules
from arqctl.gate.scan import scan
from tests.policies.checkov_runner import ROOT
from tests.policies.mutations import (
    Body,
    Mutation,
    TerraformJson,
    edit_first,
    first_address,
    remove_resources,
    set_value,
)

pytestmark = pytest.mark.slow

SNAPSHOT = ROOT / "tests/snapshots/production-account.json"
TRAIL = first_address("aws_cloudtrail")
DETECTOR = first_address("aws_guardduty_detector")
RECORDER = first_address("aws_config_configuration_recorder")
HUB = first_address("aws_securityhub_account")


def forget_objects(name: str) -> Callable[[Body], None]:
    """Return an edit that removes the prefixes with a name from the selector of objects."""

    def forget(trail: Body) -> None:
        selectors = cast("list[Any]", trail["advanced_event_selector"])
        fields = selectors[1]["field_selector"]
        fields[2]["starts_with"] = [each for each in fields[2]["starts_with"] if name not in each]

    return forget


def provider(_: TerraformJson) -> str:
    return "provider.aws"


def virginia(_: TerraformJson) -> str:
    return "provider.aws.us-east-1"


def remove_all(document: TerraformJson) -> str:
    """Remove all resources of the audit and all settings of the account. The state keeps its key."""
    document["resource"] = {"aws_iam_role": cast("Body", document["resource"])["aws_iam_role"]}
    return provider(document)


CASES: dict[str, tuple[Mutation, str]] = {
    "trail of one region": (
        edit_first("aws_cloudtrail", set_value("is_multi_region_trail", False)),
        "CKV_ARQ_70",
    ),
    "trail without digests": (
        edit_first("aws_cloudtrail", set_value("enable_log_file_validation", False)),
        "CKV_ARQ_70",
    ),
    "trail that is off": (edit_first("aws_cloudtrail", set_value("enable_logging", False)), "CKV_ARQ_70"),
    "bucket without a lock": (
        remove_resources("aws_s3_bucket_object_lock_configuration", reported_at=TRAIL),
        "CKV2_ARQ_20",
    ),
    "root user whom nobody watches": (
        remove_resources("aws_cloudwatch_log_metric_filter", reported_at=TRAIL),
        "CKV2_ARQ_25",
    ),
    "calls against the audit that nobody watches": (
        remove_resources("aws_cloudwatch_log_metric_filter", reported_at=TRAIL),
        "CKV2_ARQ_27",
    ),
    "detector without features": (
        remove_resources("aws_guardduty_detector_feature", reported_at=DETECTOR),
        "CKV2_ARQ_21",
    ),
    "feature that is off": (
        edit_first("aws_guardduty_detector_feature", set_value("status", "DISABLED")),
        "CKV_ARQ_71",
    ),
    "account without a trail": (remove_resources("aws_cloudtrail", reported_at=provider), "CKV2_ARQ_22"),
    "account without detectors": (
        remove_resources("aws_guardduty_detector", reported_at=provider),
        "CKV2_ARQ_22",
    ),
    "account without analyzers": (
        remove_resources("aws_accessanalyzer_analyzer", reported_at=provider),
        "CKV2_ARQ_22",
    ),
    "account without the standard": (
        remove_resources("aws_securityhub_standards_subscription", reported_at=provider),
        "CKV2_ARQ_22",
    ),
    "account without anything": (remove_all, "CKV2_ARQ_22"),
    "account without a budget": (
        remove_resources("aws_budgets_budget", reported_at=provider),
        "CKV2_ARQ_18",
    ),
    "account with public buckets": (
        remove_resources("aws_s3_account_public_access_block", reported_at=provider),
        "CKV2_ARQ_26",
    ),
    "account without encryption by default": (
        remove_resources("aws_ebs_encryption_by_default", reported_at=provider),
        "CKV2_ARQ_26",
    ),
    "region with the internet": (
        remove_resources("aws_vpc_block_public_access_options", reported_at=virginia),
        "CKV2_ARQ_26",
    ),
    "trail without the backups": (
        edit_first("aws_cloudtrail", forget_objects("dumps")),
        "CKV_ARQ_70",
    ),
    "trail without the backups of the standby": (
        edit_first("aws_cloudtrail", forget_objects("standby-dumps")),
        "CKV_ARQ_70",
    ),
    "trail without the copy of the state": (
        edit_first("aws_cloudtrail", forget_objects("arq-state-copy")),
        "CKV_ARQ_70",
    ),
    "recorder that is not started": (
        remove_resources("aws_config_configuration_recorder_status", reported_at=RECORDER),
        "CKV2_ARQ_23",
    ),
    "findings without a rule": (
        remove_resources("aws_cloudwatch_event_rule", reported_at=HUB),
        "CKV2_ARQ_24",
    ),
    "findings without an alarm": (
        remove_resources("aws_cloudwatch_metric_alarm", reported_at=TRAIL),
        "CKV2_ARQ_25",
    ),
    "images that nobody scans": (
        edit_first("aws_inspector2_enabler", set_value("resource_types", ["EC2"])),
        "CKV_ARQ_73",
    ),
    "networks with the internet": (
        edit_first("aws_vpc_block_public_access_options", set_value("internet_gateway_block_mode", "off")),
        "CKV_ARQ_72",
    ),
}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(ROOT / "policies", ROOT)


def violations(folder: Path, document: TerraformJson, rules: Rules) -> set[tuple[str, str]]:
    file = folder / "cdk.tf.json"
    text = json.dumps(document)
    file.write_text(text, encoding="utf-8")
    results = scan(Stack("production-account", "production", file, text, document), rules)
    return {(each.rule.id, each.address) for each in results if each.result is Result.FAILED}


@pytest.fixture(scope="module")
def account() -> TerraformJson:
    document: TerraformJson = json.loads(SNAPSHOT.read_text())
    return document


@pytest.fixture(scope="module")
def before(account: TerraformJson, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> object:
    return violations(tmp_path_factory.mktemp("before"), account, rules)


@pytest.mark.parametrize("case", CASES)
def test_a_lost_part_of_the_audit_is_reported(
    case: str, account: TerraformJson, before: set[tuple[str, str]], rules: Rules, tmp_path: Path
) -> None:
    mutate, rule = CASES[case]
    changed = copy.deepcopy(account)
    address = mutate(changed)
    assert (rule, address) in violations(tmp_path, changed, rules) - before

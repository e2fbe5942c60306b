"""Tests of the audit of the account in the synthesized stacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from constructs_arq.audit.audit_config import MANAGED_OUTPUT, AuditConfig, AuditService
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConfigError
from environments.account import account
from environments.audit import critical_audit_alarms, used_regions
from environments.production import PRODUCTION

REASON = "The security team enables it for all accounts of the organization."
TYPES = {
    AuditService.ACCESS_ANALYZER: "aws_accessanalyzer_analyzer",
    AuditService.CLOUDTRAIL: "aws_cloudtrail",
    AuditService.CONFIG: "aws_config_configuration_recorder",
    AuditService.GUARDDUTY: "aws_guardduty_detector",
    AuditService.INSPECTOR: "aws_inspector2_enabler",
    AuditService.SECURITY_HUB: "aws_securityhub_account",
}


def synthesized(assembly_dir: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((assembly_dir / "stacks" / name / "cdk.tf.json").read_text())
    return document


def test_the_pager_knows_the_critical_alarms_of_the_account_stack(assembly_dir: Path) -> None:
    alarms = synthesized(assembly_dir, "production-account")["resource"]["aws_cloudwatch_metric_alarm"]
    critical = {
        each["alarm_name"]
        for each in alarms.values()
        if any("critical" in action for action in each["alarm_actions"])
    }
    assert {each.name for each in critical_audit_alarms(PRODUCTION)} == critical
    rules = synthesized(assembly_dir, "production")["resource"]["aws_cloudwatch_event_rule"].values()
    (trigger,) = [each for each in rules if each.get("name") == "production-pager-trigger"]
    assert all(f'"{name}"' in trigger["event_pattern"] for name in critical)
    (resolve,) = [each for each in rules if each.get("name") == "production-pager-resolve"]
    assert not any(f'"{name}"' in resolve["event_pattern"] for name in critical)


def test_each_region_of_the_stacks_is_audited(assembly_dir: Path) -> None:
    regions = {
        provider["region"]
        for name in ("production", "production-account", "production-bootstrap")
        for provider in synthesized(assembly_dir, name)["provider"]["aws"]
    }
    assert regions <= set(used_regions(PRODUCTION))


def test_names_of_the_audit_have_the_prefix_that_deployments_must_not_touch(assembly_dir: Path) -> None:
    """AuditLimits denies resources by this prefix."""
    resources = synthesized(assembly_dir, "production-account")["resource"]
    named = {
        "aws_cloudwatch_event_rule": "name",
        "aws_cloudwatch_log_group": "name",
        "aws_cloudwatch_metric_alarm": "alarm_name",
        "aws_kms_alias": "name",
        "aws_s3_bucket": "bucket_prefix",
        "aws_sns_topic": "name",
    }
    names = {
        type_: [body[key] for label, body in resources[type_].items() if label.startswith("audit")]
        for type_, key in named.items()
    }
    assert all(names.values())
    ends = [name.rpartition("/")[2] for each in names.values() for name in each]
    assert [name for name in ends if not name.startswith("production-audit-")] == []


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the account stack of an organization that manages everything."""
    folder = tmp_path_factory.mktemp("managed")
    audit = AuditConfig(managed_by_organization=dict.fromkeys(AuditService, REASON))
    app = App(outdir=str(folder))
    account(app, PRODUCTION.model_copy(update={"audit": audit}))
    app.synth()
    return synthesized(folder, "production-account")


@pytest.mark.parametrize("service", AuditService)
def test_a_service_of_the_organization_is_not_in_the_stack(
    service: AuditService, managed: dict[str, Any], assembly_dir: Path
) -> None:
    assert TYPES[service] in synthesized(assembly_dir, "production-account")["resource"]
    assert TYPES[service] not in managed["resource"]
    assert managed["output"][MANAGED_OUTPUT]["value"][service] == REASON


def test_findings_of_a_managed_hub_still_reach_the_alarms(managed: dict[str, Any]) -> None:
    assert len(managed["resource"]["aws_cloudwatch_event_rule"]) == 3
    assert managed["resource"]["aws_cloudwatch_metric_alarm"]
    assert "aws_s3_bucket" not in managed["resource"]


def test_a_switch_without_a_reason_is_rejected() -> None:
    with pytest.raises(ConfigError, match="managed_by_organization"), collect_problems("audit"):
        AuditConfig(managed_by_organization={AuditService.CONFIG: "central"})

"""Tests that alarms cover all expected metrics and notify within five minutes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.aws_metrics import is_published
from tests.environments.alarm_metrics import metrics_of

# Failures and the metrics that show them. A change to a construct must not remove an alarm.
EXPECTED = {
    "database CPU": ("AWS/RDS", "CPUUtilization"),
    "database memory": ("AWS/RDS", "FreeableMemory"),
    "database storage": ("AWS/RDS", "FreeStorageSpace"),
    "database connections": ("AWS/RDS", "DatabaseConnections"),
    "replica lag": ("AWS/RDS", "ReplicaLag"),
    "cache CPU": ("AWS/ElastiCache", "EngineCPUUtilization"),
    "cache memory": ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"),
    "cache connections": ("AWS/ElastiCache", "CurrConnections"),
    "cache replica lag": ("AWS/ElastiCache", "ReplicationLag"),
    "node group size": ("AWS/AutoScaling", "GroupInServiceInstances"),
    "5xx of CloudFront": ("AWS/CloudFront", "5xxErrorRate"),
    "5xx of the load balancer": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
    "5xx of the API": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
    "5xx of Kubernetes": ("AWS/EKS", "apiserver_request_total_5XX"),
    "unhealthy hosts": ("AWS/ApplicationELB", "UnHealthyHostCount"),
    "NAT errors": ("AWS/NATGateway", "ErrorPortAllocation"),
    "attacks": ("AWS/WAFV2", "BlockedRequests"),
    "copies of the state": ("AWS/S3", "OperationsFailedReplication"),
    "unready nodes": ("ContainerInsights", "cluster_failed_node_count"),
    "no healthy target": ("AWS/ApplicationELB", "HealthyHostCount"),
    "certificates": ("AWS/CertificateManager", "DaysToExpiry"),
    "calls of PagerDuty": ("AWS/Events", "FailedInvocations"),
    "drills": ("AWS/States", "ExecutionsFailed"),
    "the site from outside": ("CloudWatchSynthetics", "SuccessPercent"),
    "stopped canaries": ("CloudWatchSynthetics", "Duration"),
    "the certificate that clients get": ("CloudWatchSynthetics", "CertificateDays"),
    "failed backups": ("AWS/Backup", "NumberOfBackupJobsFailed"),
    "missing backups": ("AWS/Backup", "NumberOfBackupJobsCompleted"),
    "missing copies of backups": ("AWS/Backup", "NumberOfCopyJobsCompleted"),
    "restores": ("arq/Recovery", "DaysSinceRestore"),
    "a bucket without backup": ("arq/Recovery", "ResourcesWithoutBackup"),
    "the domain": ("CloudWatchSynthetics", "DomainDays"),
    "a forwarder that fails": ("AWS/Lambda", "Errors"),
    "a forwarder without events": ("AWS/Lambda", "Invocations"),
    "lost events": ("AWS/Lambda", "DeadLetterErrors"),
    "subscriptions": ("AWS/Logs", "DeliveryErrors"),
    "receivers of log groups": ("AWS/NetworkELB", "HealthyHostCount"),
    "name servers": ("CloudWatchSynthetics", "WrongNameServers"),
}
NAMES = ("dev", "staging", "production")


def alarms(assembly_dir: Path, name: str) -> dict[str, dict[str, Any]]:
    stack = json.loads((assembly_dir / "stacks" / name / "cdk.tf.json").read_text())
    found: dict[str, dict[str, Any]] = stack["resource"]["aws_cloudwatch_metric_alarm"]
    return found


def seconds_to_breach(alarm: dict[str, Any], metric: dict[str, Any]) -> float:
    """Return the seconds of a fault. Of burn rates, the highest detects a total outage."""
    if "-burn-" in alarm["alarm_name"]:
        fastest = "-burn-1h-" in alarm["alarm_name"]
        return float(metric["period"] * alarm["threshold"] / 100) if fastest else 0
    return float(metric["period"] * alarm["evaluation_periods"])


@pytest.mark.parametrize("name", ["staging", "production"])
@pytest.mark.parametrize("failure", EXPECTED)
def test_metric_has_an_alarm_with_notification(failure: str, name: str, assembly_dir: Path) -> None:
    matching = {
        address: alarm
        for address, alarm in alarms(assembly_dir, name).items()
        if (metrics_of(alarm)[0]["namespace"], metrics_of(alarm)[0]["metric_name"]) == EXPECTED[failure]
    }
    stack = json.loads((assembly_dir / "stacks" / name / "cdk.tf.json").read_text())
    of_parts = [
        composite
        for composite in stack["resource"]["aws_cloudwatch_composite_alarm"].values()
        if any(f"{address}.alarm_name" in composite["alarm_rule"] for address in matching)
    ]
    acting = [*matching.values(), *of_parts]
    assert any("aws_sns_topic" in action for alarm in acting for action in alarm.get("alarm_actions", ()))


@pytest.mark.parametrize("name", NAMES)
def test_each_replication_has_an_alarm_on_failed_copies(name: str, assembly_dir: Path) -> None:
    stack = json.loads((assembly_dir / "stacks" / name / "cdk.tf.json").read_text())
    replications = stack["resource"]["aws_s3_bucket_replication_configuration"]
    reported = {
        alarm["dimensions"]["SourceBucket"]
        for alarm in alarms(assembly_dir, name).values()
        if alarm.get("namespace") == "AWS/S3" and alarm["alarm_actions"]
    }
    expected = {f"${{aws_s3_bucket_replication_configuration.{each}.bucket}}" for each in replications}
    assert expected
    assert expected < reported  # The state bucket's replication is in the bootstrap stack.


def longest_seconds(alarm: dict[str, Any], metric: dict[str, Any]) -> int:
    if metric["namespace"] == "AWS/Backup" and metric["metric_name"].endswith("Completed"):
        return 30 * 3600  # A job each day, which may be late.
    if metric["metric_name"] in ("DaysSinceRestore", "DaysToExpiry"):
        return 86_400  # A number of days.
    if metric["metric_name"] == "ResourcesWithoutBackup":
        return 6 * 3600  # Counted four times a day.
    pages = any("critical" in action for action in alarm.get("alarm_actions", ()))
    if metric["namespace"] == "CloudWatchSynthetics" and not pages:
        return 3 * 3600  # A ticket after three runs of the slowest canary.
    return 300


@pytest.mark.parametrize("name", NAMES)
def test_alarms_react_within_five_minutes(name: str, assembly_dir: Path) -> None:
    slow = [
        alarm["alarm_name"]
        for alarm in alarms(assembly_dir, name).values()
        for metric in metrics_of(alarm)
        if seconds_to_breach(alarm, metric) > longest_seconds(alarm, metric)
    ]
    assert slow == []


@pytest.mark.parametrize("name", NAMES)
def test_alarms_use_the_region_and_dimensions_of_the_metric(name: str, assembly_dir: Path) -> None:
    measured = [
        (alarm, metric) for alarm in alarms(assembly_dir, name).values() for metric in metrics_of(alarm)
    ]
    for alarm, metric in measured:
        namespace, dimensions = metric["namespace"], metric["dimensions"]
        name = metric["metric_name"]
        assert is_published(namespace, name, dimensions), f"{alarm['alarm_name']}: {namespace} {name}"
        in_virginia = namespace in ("AWS/CloudFront", "AWS/WAFV2")
        if in_virginia:
            assert alarm["provider"] == "aws.us-east-1"
            assert dimensions.get("Region", "Global") == "Global"
        # Certificates, canaries, and the rules and queues of the pager, are in both regions.
        elif namespace not in ("AWS/CertificateManager", "AWS/Events", "AWS/SQS", "CloudWatchSynthetics"):
            assert "provider" not in alarm
        for suffix in ("LoadBalancer", "TargetGroup"):
            assert re.fullmatch(r"\$\{.+\.arn_suffix\}", dimensions.get(suffix, "${x.arn_suffix}"))


@pytest.mark.parametrize("name", NAMES)
def test_alarms_notify_topics_of_their_region(name: str, assembly_dir: Path) -> None:
    for alarm in alarms(assembly_dir, name).values():
        region = alarm.get("provider", "aws.eu-west-1").removeprefix("aws.")
        topics = [action for action in alarm.get("alarm_actions", []) if "aws_sns_topic" in action]
        assert all(f"_{region}_" in topic for topic in topics), alarm["alarm_name"]

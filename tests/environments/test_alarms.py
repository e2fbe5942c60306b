"""What wakes someone: everything that an on-call engineer expects to be watched is, within five minutes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

# What can go wrong, and the metric that says so. None may be lost when a construct is changed.
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
    "fleet CPU": ("AWS/EC2", "CPUUtilization"),
    "fleet size": ("AWS/AutoScaling", "GroupInServiceInstances"),
    "5xx of CloudFront": ("AWS/CloudFront", "5xxErrorRate"),
    "5xx of the load balancer": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
    "5xx of the API": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
    "5xx of Kubernetes": ("AWS/EKS", "apiserver_request_total_5XX"),
    "unhealthy hosts": ("AWS/ApplicationELB", "UnHealthyHostCount"),
    "NAT errors": ("AWS/NATGateway", "ErrorPortAllocation"),
    "attacks": ("AWS/WAFV2", "BlockedRequests"),
    "certificates": ("AWS/CertificateManager", "DaysToExpiry"),
}
# What AWS reports a metric under: with a dimension less or more, an alarm sees nothing for ever.
DIMENSIONS = {
    "AWS/ApplicationELB": ({"LoadBalancer"}, {"LoadBalancer", "TargetGroup"}),
    "AWS/AutoScaling": ({"AutoScalingGroupName"},),
    "AWS/CertificateManager": ({"CertificateArn"},),
    "AWS/CloudFront": ({"DistributionId", "Region"},),
    "AWS/EC2": ({"AutoScalingGroupName"},),
    "AWS/EKS": ({"ClusterName"},),
    "AWS/ElastiCache": ({"CacheClusterId"},),
    "AWS/NATGateway": ({"NatGatewayId"},),
    "AWS/RDS": ({"DBInstanceIdentifier"}, {"ProxyName"}),
    "AWS/WAFV2": ({"Rule", "WebACL"},),
}
NAMES = ("dev", "staging", "production")


def alarms(synthesized: Path, name: str) -> dict[str, dict[str, Any]]:
    stack = json.loads((synthesized / "stacks" / name / "cdk.tf.json").read_text())
    found: dict[str, dict[str, Any]] = stack["resource"]["aws_cloudwatch_metric_alarm"]
    return found


@pytest.mark.parametrize("name", ["staging", "production"])
@pytest.mark.parametrize("what", EXPECTED)
def test_it_is_watched_and_someone_is_told(what: str, name: str, synthesized: Path) -> None:
    watching = [
        alarm
        for alarm in alarms(synthesized, name).values()
        if (alarm["namespace"], alarm["metric_name"]) == EXPECTED[what]
    ]
    assert any("aws_sns_topic" in action for alarm in watching for action in alarm["alarm_actions"])


@pytest.mark.parametrize("name", NAMES)
def test_every_alarm_reacts_within_five_minutes(name: str, synthesized: Path) -> None:
    late = [
        alarm["alarm_name"]
        for alarm in alarms(synthesized, name).values()
        if alarm["period"] * alarm["evaluation_periods"] > 300
    ]
    assert late == []


@pytest.mark.parametrize("name", NAMES)
def test_metrics_are_looked_for_where_and_as_aws_reports_them(name: str, synthesized: Path) -> None:
    for alarm in alarms(synthesized, name).values():
        namespace, dimensions = alarm["namespace"], alarm["dimensions"]
        assert set(dimensions) in DIMENSIONS[namespace], alarm["alarm_name"]
        in_virginia = namespace in ("AWS/CloudFront", "AWS/WAFV2")
        if in_virginia:
            assert alarm["provider"] == "aws.us-east-1"
            assert dimensions.get("Region", "Global") == "Global"
        elif namespace != "AWS/CertificateManager":
            assert "provider" not in alarm
        for suffix in ("LoadBalancer", "TargetGroup"):
            assert re.fullmatch(r"\$\{.+\.arn_suffix\}", dimensions.get(suffix, "${x.arn_suffix}"))


@pytest.mark.parametrize("name", NAMES)
def test_an_alarm_tells_a_topic_of_its_own_region(name: str, synthesized: Path) -> None:
    for alarm in alarms(synthesized, name).values():
        region = alarm.get("provider", "aws.eu-west-1").removeprefix("aws.")
        topics = [action for action in alarm.get("alarm_actions", []) if "aws_sns_topic" in action]
        assert all(f"_{region}_" in topic for topic in topics), alarm["alarm_name"]

"""The request of an instance refresh, and the alarms about its result."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.instance_replacement import MaintenanceConfig
from constructs_arq.compute.refresh_alarms import RefreshAlarms
from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, SCALING, FakeTargetGroup, build_fleet
from tests.support import Synthesized, statements, synthesize


def build(**values: Any) -> Synthesized:
    config = FleetConfig(**{"image": ARM_IMAGE, "instance_types": ARM_TYPES, "scaling": SCALING, **values})
    return synthesize(build_fleet(config, target_group=FakeTargetGroup()))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return build(
        on_demand_base=1,
        on_demand_percent_above_base=25,
        maintenance=MaintenanceConfig(min_healthy_percent=90, max_healthy_percent=150),
    )


def output(synthesized: Synthesized) -> Mapping[str, Any]:
    value: Mapping[str, Any] = synthesized.json["output"]["instance_refresh_workers"]["value"]
    return value


@pytest.fixture(scope="module")
def request_body(synthesized: Synthesized) -> Mapping[str, Any]:
    request: Mapping[str, Any] = output(synthesized)["request"]
    return request


def test_the_output_names_region_and_group(synthesized: Synthesized, request_body: Mapping[str, Any]) -> None:
    assert output(synthesized)["region"] == "eu-west-1"
    # A reference, so that the output belongs to the group.
    assert request_body["AutoScalingGroupName"].startswith("${aws_autoscaling_group.workers")
    assert request_body["Strategy"] == "Rolling"


def test_the_desired_configuration_has_the_latest_version_as_text(request_body: Mapping[str, Any]) -> None:
    template = request_body["DesiredConfiguration"]["MixedInstancesPolicy"]["LaunchTemplate"]
    version = template["LaunchTemplateSpecification"]["Version"]
    assert version.startswith("${tostring(aws_launch_template.workers")
    assert version.endswith(".latest_version)}")


def test_the_desired_configuration_equals_the_policy_of_a_new_group(
    synthesized: Synthesized, request_body: Mapping[str, Any]
) -> None:
    policy = request_body["DesiredConfiguration"]["MixedInstancesPolicy"]
    created = synthesized.one("aws_autoscaling_group")["mixed_instances_policy"]
    assert [each["InstanceType"] for each in policy["LaunchTemplate"]["Overrides"]] == [
        each["instance_type"] for each in created["launch_template"]["override"]
    ]
    assert list(policy["InstancesDistribution"].values()) == list(created["instances_distribution"].values())


def test_the_refresh_rolls_back_on_alarms(synthesized: Synthesized, request_body: Mapping[str, Any]) -> None:
    preferences = request_body["Preferences"]
    assert preferences["AutoRollback"] is True
    assert preferences["SkipMatching"] is True
    assert (preferences["MinHealthyPercentage"], preferences["MaxHealthyPercentage"]) == (90, 150)
    watched = preferences["AlarmSpecification"]["Alarms"]
    for path in ("status-check", "unhealthy-targets"):
        alarm = synthesized.one("aws_cloudwatch_metric_alarm", f"workers/rollback/{path}")
        name = alarm["//"]["metadata"]["uniqueId"]
        assert f"${{aws_cloudwatch_metric_alarm.{name}.alarm_name}}" in watched
    assert len(watched) == 2


def test_the_bake_time_is_longer_than_the_rollback_alarms_need(
    synthesized: Synthesized, request_body: Mapping[str, Any]
) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "workers/rollback/status-check")
    assert request_body["Preferences"]["BakeTime"] > alarm["period"] * alarm["evaluation_periods"]


def test_checkpoints_end_with_all_instances() -> None:
    maintenance = MaintenanceConfig(checkpoint_percents=(10, 50), checkpoint_seconds=900)
    preferences = output(build(maintenance=maintenance))["request"]["Preferences"]
    assert preferences["CheckpointPercentages"] == [10, 50, 100]
    assert preferences["CheckpointDelay"] == 900


def test_a_refresh_without_checkpoints_has_no_delay(request_body: Mapping[str, Any]) -> None:
    assert not {"CheckpointPercentages", "CheckpointDelay"} & set(request_body["Preferences"])


class TestAlarms:
    @pytest.mark.parametrize(
        ("path", "events"),
        [
            ("rolled-back", {"Cancelled", "Rollback Started", "Rollback Succeeded"}),
            ("failed", {"Failed", "Rollback Failed"}),
        ],
    )
    def test_rules_match_the_events_of_this_group(
        self, synthesized: Synthesized, path: str, events: set[str]
    ) -> None:
        rule = synthesized.one("aws_cloudwatch_event_rule", f"workers/refresh-result/{path}")
        pattern = json.loads(rule["event_pattern"])
        assert set(pattern["detail-type"]) == {f"EC2 Auto Scaling Instance Refresh {each}" for each in events}
        assert pattern["source"] == ["aws.autoscaling"]
        assert pattern["detail"] == {"AutoScalingGroupName": ["test-workers"]}

    def test_both_rules_write_to_the_log_group_after_its_policy(self, synthesized: Synthesized) -> None:
        (policy,) = synthesized.of_type("aws_cloudwatch_log_resource_policy").values()
        allowed = statements(policy["policy_document"])["WriteEvents"]
        assert "events.amazonaws.com" in allowed["Principal"]["Service"]
        targets = synthesized.of_type("aws_cloudwatch_event_target")
        assert len(targets) == 2
        for target in targets.values():
            assert allowed["Resource"] == [target["arn"] + ":*"]
            assert (
                f"aws_cloudwatch_log_resource_policy.{policy['//']['metadata']['uniqueId']}"
                in target["depends_on"]
            )

    def test_somebody_is_notified(self) -> None:
        found: list[Alarm] = []

        def build_alarms(stack: Stack) -> None:
            config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING)
            result = build_fleet(config)(stack).node.find_child("refresh-result")
            assert isinstance(result, RefreshAlarms)
            found.extend(result.alarms)

        synthesize(build_alarms)
        assert {each.name: each.severity for each in found} == {
            "rolled-back": Severity.WARNING,
            "failed": Severity.CRITICAL,
        }
        for alarm in found:
            assert (alarm.namespace, alarm.metric) == ("AWS/Events", "Invocations")
            assert set(alarm.dimensions) == {"RuleName"}

from typing import Any

import pytest

from constructs_arq.compute.fleet_config import FleetConfig, MaintenanceConfig, WarmPoolConfig
from constructs_arq.core.scaling import ScalingPolicy
from tests.compute.fleets import ARM, NIGHTS, SCALING, Targets, fleet
from tests.support import Resource, Synthesized, statements, synthesize


def build(*, target_group: Targets | None = None, **values: Any) -> Synthesized:
    config = FleetConfig(**{"instance_types": ARM, "scaling": SCALING, **values})
    return synthesize(fleet(config, target_group=target_group))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return build(
        target_group=Targets(),
        on_demand_base=1,
        on_demand_percent_above_base=25,
        terminate_hook_seconds=120,
        launch_hook_seconds=600,
        startup_seconds=240,
        maintenance=MaintenanceConfig(min_healthy_percent=90, max_healthy_percent=150),
    )


@pytest.fixture(scope="module")
def group(synthesized: Synthesized) -> Resource:
    return synthesized.one("aws_autoscaling_group")


def test_the_base_is_on_demand_and_the_rest_shared_as_configured(group: Resource) -> None:
    distribution = group["mixed_instances_policy"]["instances_distribution"]
    assert distribution["on_demand_base_capacity"] == 1
    assert distribution["on_demand_percentage_above_base_capacity"] == 25
    assert distribution["spot_allocation_strategy"] == "price-capacity-optimized"
    assert group["capacity_rebalance"] is True


def test_all_types_may_be_launched_the_preferred_first(group: Resource) -> None:
    overrides = group["mixed_instances_policy"]["launch_template"]["override"]
    assert [override["instance_type"] for override in overrides] == list(ARM)


def test_the_size_within_the_bounds_is_left_to_the_autoscaler(group: Resource) -> None:
    assert (group["min_size"], group["max_size"]) == (2, 6)
    assert "desired_capacity" not in group
    assert group["lifecycle"]["ignore_changes"] == ["desired_capacity"]


def test_with_a_schedule_terraform_does_not_undo_the_nights_bounds() -> None:
    scheduled = build(scaling=ScalingPolicy(min_size=2, max_size=6, schedule=NIGHTS))
    ignored = scheduled.one("aws_autoscaling_group")["lifecycle"]["ignore_changes"]
    assert set(ignored) == {"desired_capacity", "min_size", "max_size"}


def test_a_target_group_decides_which_instances_live(group: Resource) -> None:
    assert group["health_check_type"] == "ELB"
    assert group["target_group_arns"] == [Targets().arn]
    assert build().one("aws_autoscaling_group")["health_check_type"] == "EC2"


def test_an_instance_gets_its_time_to_start_up(group: Resource) -> None:
    assert group["health_check_grace_period"] == 240
    assert group["default_instance_warmup"] == 240


def test_a_change_rolls_out_to_a_numbered_version_and_rolls_back_on_an_alarm(
    synthesized: Synthesized, group: Resource
) -> None:
    specification = group["mixed_instances_policy"]["launch_template"]["launch_template_specification"]
    assert specification["version"].endswith(".latest_version}")
    preferences = group["instance_refresh"]["preferences"]
    assert preferences["auto_rollback"] is True
    assert (preferences["min_healthy_percentage"], preferences["max_healthy_percentage"]) == (90, 150)
    watched = preferences["alarm_specification"]["alarms"]
    for path in ("status-check", "unhealthy-targets"):
        alarm = synthesized.one("aws_cloudwatch_metric_alarm", f"workers/rollback/{path}")
        name = alarm["//"]["metadata"]["uniqueId"]
        assert f"${{aws_cloudwatch_metric_alarm.{name}.alarm_name}}" in watched
    assert len(watched) == 2


def test_rollback_alarms_know_the_group_by_its_name_not_by_reference(synthesized: Synthesized) -> None:
    # A reference would make a circle: the group refers to the alarms.
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "workers/rollback/status-check")
    assert alarm["dimensions"] == {"AutoScalingGroupName": "test-workers"}
    assert synthesized.one("aws_autoscaling_group")["name"] == "test-workers"


def test_replacing_instances_keeps_within_the_maintenance_policy(group: Resource) -> None:
    assert group["instance_maintenance_policy"] == {
        "min_healthy_percentage": 90,
        "max_healthy_percentage": 150,
    }


def test_late_instances_are_replaced_and_ending_ones_may_finish(synthesized: Synthesized) -> None:
    launch = synthesized.one("aws_autoscaling_lifecycle_hook", "workers/group/launch-hook")
    assert launch["lifecycle_transition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert (launch["heartbeat_timeout"], launch["default_result"]) == (600, "ABANDON")
    terminate = synthesized.one("aws_autoscaling_lifecycle_hook", "workers/group/terminate-hook")
    assert terminate["lifecycle_transition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert (terminate["heartbeat_timeout"], terminate["default_result"]) == (120, "CONTINUE")


def test_the_first_instances_have_the_hooks_too(synthesized: Synthesized, group: Resource) -> None:
    later = {
        (hook["name"], hook["heartbeat_timeout"])
        for hook in synthesized.of_type("aws_autoscaling_lifecycle_hook").values()
    }
    assert {(hook["name"], hook["heartbeat_timeout"]) for hook in group["initial_lifecycle_hook"]} == later


def test_an_instance_can_complete_the_hooks_of_its_own_group_only(synthesized: Synthesized) -> None:
    policy = synthesized.one("aws_iam_role_policy", "workers/role/complete-lifecycle-hooks")["policy"]
    allowed = statements(policy)["CompleteLifecycleHooks"]
    assert "autoscaling:CompleteLifecycleAction" in allowed["Action"]
    assert allowed["Resource"] == [
        "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*:autoScalingGroupName/test-workers"
    ]


def test_without_hooks_there_is_no_permission_to_complete_them() -> None:
    assert not [path for path in build().of_type("aws_iam_role_policy") if path.startswith("workers/")]


def test_tags_reach_the_instances(group: Resource) -> None:
    tags = {tag["key"]: tag for tag in group["tag"]}
    assert {"environment", "project", "owner", "cost-center", "Name"} <= set(tags)
    assert all(tag["propagate_at_launch"] for tag in tags.values())


def test_the_groups_metrics_are_collected(group: Resource) -> None:
    assert {"GroupInServiceInstances", "GroupDesiredCapacity"} <= set(group["enabled_metrics"])
    assert not [metric for metric in group["enabled_metrics"] if "WarmPool" in metric]


def test_instances_live_in_every_private_subnet_evenly(group: Resource) -> None:
    assert len(group["vpc_zone_identifier"]) == 2
    assert all("aws_subnet.network_private_" in subnet for subnet in group["vpc_zone_identifier"])
    strategy = group["availability_zone_distribution"]["capacity_distribution_strategy"]
    assert strategy == "balanced-best-effort"


def test_old_instances_are_replaced_unless_told_otherwise(group: Resource) -> None:
    assert group["max_instance_lifetime"] == 30 * 24 * 3600
    living = build(max_instance_lifetime_days=None).one("aws_autoscaling_group")
    assert "max_instance_lifetime" not in living


def test_a_warm_pool_keeps_started_instances_and_is_measured() -> None:
    group = build(warm_pool=WarmPoolConfig(min_size=1), launch_hook_seconds=300).one("aws_autoscaling_group")
    assert group["warm_pool"] == {
        "min_size": 1,
        "pool_state": "Stopped",
        "instance_reuse_policy": {"reuse_on_scale_in": True},
    }
    assert "WarmPoolWarmedCapacity" in group["enabled_metrics"]
    assert group["capacity_rebalance"] is False

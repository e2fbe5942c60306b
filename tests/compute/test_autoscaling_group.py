from typing import Any

import pytest

from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig, WarmPoolConfig
from constructs_arq.compute.instance_replacement import MaintenanceConfig
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.network.subnets import PrivateSubnets
from tests.compute.fleet_builders import (
    ARM_IMAGE,
    ARM_TYPES,
    NIGHT_SCHEDULE,
    SCALING,
    FakeTargetGroup,
    build_fleet,
)
from tests.support import Resource, Synthesized, statements, synthesize


def build(*, target_group: FakeTargetGroup | None = None, **values: Any) -> Synthesized:
    config = FleetConfig(**{"image": ARM_IMAGE, "instance_types": ARM_TYPES, "scaling": SCALING, **values})
    return synthesize(build_fleet(config, target_group=target_group))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return build(
        target_group=FakeTargetGroup(),
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


def test_on_demand_base_and_share_follow_the_configuration(group: Resource) -> None:
    distribution = group["mixed_instances_policy"]["instances_distribution"]
    assert distribution["on_demand_base_capacity"] == 1
    assert distribution["on_demand_percentage_above_base_capacity"] == 25
    assert distribution["spot_allocation_strategy"] == "price-capacity-optimized"
    assert group["capacity_rebalance"] is True


def test_instance_types_are_overrides_in_order_of_preference(group: Resource) -> None:
    overrides = group["mixed_instances_policy"]["launch_template"]["override"]
    assert [override["instance_type"] for override in overrides] == list(ARM_TYPES)


def test_terraform_ignores_changes_of_the_desired_capacity(group: Resource) -> None:
    assert (group["min_size"], group["max_size"]) == (2, 6)
    assert "desired_capacity" not in group
    assert group["lifecycle"]["ignore_changes"] == ["desired_capacity", "mixed_instances_policy"]


def test_terraform_ignores_changes_of_scheduled_size_limits() -> None:
    scheduled = build(scaling=ScalingPolicy(min_size=2, max_size=6, schedule=NIGHT_SCHEDULE))
    ignored = scheduled.one("aws_autoscaling_group")["lifecycle"]["ignore_changes"]
    assert {"min_size", "max_size"} <= set(ignored)


def test_a_target_group_enables_elb_health_checks(group: Resource) -> None:
    assert group["health_check_type"] == "ELB"
    assert group["target_group_arns"] == [FakeTargetGroup().arn]
    assert build().one("aws_autoscaling_group")["health_check_type"] == "EC2"


def test_startup_time_sets_grace_period_and_warmup(group: Resource) -> None:
    assert group["health_check_grace_period"] == 240
    assert group["default_instance_warmup"] == 240


def test_terraform_starts_no_instance_refresh(group: Resource) -> None:
    # It would change the group first, so that a rollback restores the new configuration.
    assert "instance_refresh" not in group


def test_the_group_waits_for_the_routes_of_its_subnets(synthesized: Synthesized, group: Resource) -> None:
    waits_for = set(group["depends_on"])
    for kind in ("aws_route", "aws_route_table_association", "aws_network_acl"):
        private = {
            f"{kind}.{each['//']['metadata']['uniqueId']}"
            for path, each in synthesized.of_type(kind).items()
            if path.startswith("network/private/")
        }
        assert private
        assert private <= waits_for, kind


def test_existing_subnets_have_no_routes_to_wait_for() -> None:
    subnets = PrivateSubnets.from_ids(
        vpc_id="vpc-0123456789abcdef0",
        vpc_cidr="10.0.0.0/16",
        subnet_ids={"euw1-az1": "subnet-0123456789abcdef0"},
    )
    config = FleetConfig(image=ARM_IMAGE, instance_types=ARM_TYPES, scaling=SCALING)
    found = synthesize(lambda stack: Fleet(stack, "workers", subnets=subnets, config=config))
    assert "depends_on" not in found.one("aws_autoscaling_group")


def test_rollback_alarms_use_the_literal_group_name(synthesized: Synthesized) -> None:
    # A reference would be circular: the group refers to the alarms.
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "workers/rollback/status-check")
    assert alarm["dimensions"] == {"AutoScalingGroupName": "test-workers"}
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("GreaterThanThreshold", 0)
    assert synthesized.one("aws_autoscaling_group")["name"] == "test-workers"


def test_the_maintenance_policy_follows_the_configuration(group: Resource) -> None:
    assert group["instance_maintenance_policy"] == {
        "min_healthy_percentage": 90,
        "max_healthy_percentage": 150,
    }


def test_hook_timeouts_abandon_launches_and_continue_terminations(synthesized: Synthesized) -> None:
    launch = synthesized.one("aws_autoscaling_lifecycle_hook", "workers/group/launch-hook")
    assert launch["lifecycle_transition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert (launch["heartbeat_timeout"], launch["default_result"]) == (600, "ABANDON")
    terminate = synthesized.one("aws_autoscaling_lifecycle_hook", "workers/group/terminate-hook")
    assert terminate["lifecycle_transition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert (terminate["heartbeat_timeout"], terminate["default_result"]) == (120, "CONTINUE")


def test_initial_hooks_equal_the_hook_resources(synthesized: Synthesized, group: Resource) -> None:
    hooks = {
        (hook["name"], hook["heartbeat_timeout"])
        for hook in synthesized.of_type("aws_autoscaling_lifecycle_hook").values()
    }
    assert {(hook["name"], hook["heartbeat_timeout"]) for hook in group["initial_lifecycle_hook"]} == hooks


def test_instances_may_complete_only_the_hooks_of_their_group(synthesized: Synthesized) -> None:
    policy = synthesized.one("aws_iam_role_policy", "workers/role/complete-lifecycle-hooks")["policy"]
    allowed = statements(policy)["CompleteLifecycleHooks"]
    assert "autoscaling:CompleteLifecycleAction" in allowed["Action"]
    assert allowed["Resource"] == [
        "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*:autoScalingGroupName/test-workers"
    ]


def test_no_hook_permission_without_hooks() -> None:
    assert not [path for path in build().of_type("aws_iam_role_policy") if path.startswith("workers/")]


def test_tags_reach_the_instances(group: Resource) -> None:
    tags = {tag["key"]: tag for tag in group["tag"]}
    assert {"environment", "project", "owner", "cost-center", "Name"} <= set(tags)
    assert all(tag["propagate_at_launch"] for tag in tags.values())


def test_group_metrics_are_enabled(group: Resource) -> None:
    assert {"GroupInServiceInstances", "GroupDesiredCapacity"} <= set(group["enabled_metrics"])
    assert not [metric for metric in group["enabled_metrics"] if "WarmPool" in metric]


def test_instances_are_balanced_over_the_private_subnets(group: Resource) -> None:
    assert len(group["vpc_zone_identifier"]) == 2
    assert all("aws_subnet.network_private_" in subnet for subnet in group["vpc_zone_identifier"])
    strategy = group["availability_zone_distribution"]["capacity_distribution_strategy"]
    assert strategy == "balanced-best-effort"


def test_maximum_instance_lifetime_is_30_days_by_default(group: Resource) -> None:
    assert group["max_instance_lifetime"] == 30 * 24 * 3600
    unlimited = build(max_instance_lifetime_days=None).one("aws_autoscaling_group")
    assert "max_instance_lifetime" not in unlimited


def test_a_warm_pool_reuses_instances_and_enables_its_metrics() -> None:
    group = build(warm_pool=WarmPoolConfig(min_size=1), launch_hook_seconds=300).one("aws_autoscaling_group")
    assert group["warm_pool"] == {
        "min_size": 1,
        "pool_state": "Stopped",
        "instance_reuse_policy": {"reuse_on_scale_in": True},
    }
    assert "WarmPoolWarmedCapacity" in group["enabled_metrics"]
    assert group["capacity_rebalance"] is False

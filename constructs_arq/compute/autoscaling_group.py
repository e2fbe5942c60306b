"""The autoscaling group of a fleet: instance types, placement and instance replacement."""

from collections.abc import Sequence
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroup as AwsAutoscalingGroup,
)
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroupAvailabilityZoneDistribution,
    AutoscalingGroupInitialLifecycleHook,
    AutoscalingGroupInstanceMaintenancePolicy,
    AutoscalingGroupInstanceRefresh,
    AutoscalingGroupInstanceRefreshPreferences,
    AutoscalingGroupInstanceRefreshPreferencesAlarmSpecification,
    AutoscalingGroupMixedInstancesPolicy,
    AutoscalingGroupMixedInstancesPolicyInstancesDistribution,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplate,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride,
    AutoscalingGroupTag,
    AutoscalingGroupWarmPool,
    AutoscalingGroupWarmPoolInstanceReusePolicy,
)
from cdktf_cdktf_provider_aws.autoscaling_lifecycle_hook import AutoscalingLifecycleHook
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.rollback_alarms import RollbackAlarms
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.stack import Stack

_DAY_SECONDS: Final = 86_400
_LAUNCHING: Final = "autoscaling:EC2_INSTANCE_LAUNCHING"
_TERMINATING: Final = "autoscaling:EC2_INSTANCE_TERMINATING"
_GROUP_METRICS: Final = (
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    *(f"GroupInService{unit}" for unit in ("Instances", "Capacity")),
    *(f"GroupPending{unit}" for unit in ("Instances", "Capacity")),
    *(f"GroupStandby{unit}" for unit in ("Instances", "Capacity")),
    *(f"GroupTerminating{unit}" for unit in ("Instances", "Capacity")),
    *(f"GroupTotal{unit}" for unit in ("Instances", "Capacity")),
)
_WARM_POOL_METRICS: Final = (
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTotalCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
)


class AutoscalingGroup(Construct):
    """An autoscaling group whose scaling policies own its size.

    A changed launch template starts an instance refresh. A `rollback` alarm reverts it.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-groups.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        config: FleetConfig,
        template: LaunchTemplate,
        subnet_ids: Sequence[str],
        service_linked_role_arn: str,
        rollback: RollbackAlarms,
        target_group: TrafficSource | None,
    ) -> None:
        super().__init__(scope, id)
        lifetime = config.max_instance_lifetime_days
        metrics = [*_GROUP_METRICS, *(_WARM_POOL_METRICS if config.warm_pool else ())]
        group = AwsAutoscalingGroup(
            self,
            "Default",
            name=name,
            min_size=config.scaling.min_size,
            max_size=config.scaling.max_size,
            vpc_zone_identifier=subnet_ids,
            availability_zone_distribution=AutoscalingGroupAvailabilityZoneDistribution(
                capacity_distribution_strategy="balanced-best-effort"
            ),
            mixed_instances_policy=_mixed_instances(config, template),
            # Replaces a spot instance before EC2 interrupts it.
            capacity_rebalance=config.uses_spot,
            service_linked_role_arn=service_linked_role_arn,
            target_group_arns=[target_group.arn] if target_group else None,
            health_check_type="ELB" if target_group else "EC2",
            health_check_grace_period=config.startup_seconds,
            default_instance_warmup=config.startup_seconds,
            enabled_metrics=metrics,
            instance_maintenance_policy=AutoscalingGroupInstanceMaintenancePolicy(
                min_healthy_percentage=config.maintenance.min_healthy_percent,
                max_healthy_percentage=config.maintenance.max_healthy_percent,
            ),
            instance_refresh=_instance_refresh(config, rollback),
            max_instance_lifetime=lifetime * _DAY_SECONDS if lifetime else None,
            initial_lifecycle_hook=_initial_lifecycle_hooks(config) or None,
            warm_pool=_warm_pool(config),
            # Instances with an outdated image go first, then those that the spot strategy would not choose.
            termination_policies=["OldestLaunchTemplate", "AllocationStrategy", "Default"],
            protect_from_scale_in=False,
            force_delete=False,
            # default_tags don't reach an autoscaling group.
            tag=[
                AutoscalingGroupTag(key=key, value=value, propagate_at_launch=True)
                for key, value in {**Stack.of(self).common_tags, "Name": name}.items()
            ],
            lifecycle=TerraformResourceLifecycle(ignore_changes=_ignored_arguments(config)),
        )
        # A Terraform reference: resources that use it are created after the group.
        self.group_name: str = group.name
        for hook, transition, seconds, result in _lifecycle_hooks(config):
            AutoscalingLifecycleHook(
                self,
                f"{hook}-hook",
                name=hook,
                autoscaling_group_name=self.group_name,
                lifecycle_transition=transition,
                heartbeat_timeout=seconds,
                default_result=result,
            )


def _mixed_instances(config: FleetConfig, template: LaunchTemplate) -> AutoscalingGroupMixedInstancesPolicy:
    return AutoscalingGroupMixedInstancesPolicy(
        launch_template=AutoscalingGroupMixedInstancesPolicyLaunchTemplate(
            launch_template_specification=(
                AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification(
                    launch_template_id=template.template_id, version=template.version
                )
            ),
            override=[
                AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride(instance_type=instance_type)
                for instance_type in config.instance_types
            ],
        ),
        instances_distribution=AutoscalingGroupMixedInstancesPolicyInstancesDistribution(
            on_demand_allocation_strategy="prioritized",
            on_demand_base_capacity=config.on_demand_base,
            on_demand_percentage_above_base_capacity=config.on_demand_percent_above_base,
            spot_allocation_strategy="price-capacity-optimized",
        ),
    )


def _instance_refresh(config: FleetConfig, rollback: RollbackAlarms) -> AutoscalingGroupInstanceRefresh:
    return AutoscalingGroupInstanceRefresh(
        strategy="Rolling",
        preferences=AutoscalingGroupInstanceRefreshPreferences(
            # Terraform's own default of 90 would override the maintenance policy.
            min_healthy_percentage=config.maintenance.min_healthy_percent,
            max_healthy_percentage=config.maintenance.max_healthy_percent,
            skip_matching=True,
            auto_rollback=True,
            alarm_specification=AutoscalingGroupInstanceRefreshPreferencesAlarmSpecification(
                alarms=rollback.names
            ),
        ),
    )


def _lifecycle_hooks(config: FleetConfig) -> list[tuple[str, str, int, str]]:
    """Return name, transition, timeout in seconds and result on timeout of each configured hook."""
    hooks = [
        ("launch", _LAUNCHING, config.launch_hook_seconds, "ABANDON"),
        ("terminate", _TERMINATING, config.terminate_hook_seconds, "CONTINUE"),
    ]
    return [(hook, transition, seconds, result) for hook, transition, seconds, result in hooks if seconds]


def _initial_lifecycle_hooks(config: FleetConfig) -> list[AutoscalingGroupInitialLifecycleHook]:
    """Return the hooks for the instances that start with the group, before a hook resource exists."""
    return [
        AutoscalingGroupInitialLifecycleHook(
            name=hook, lifecycle_transition=transition, heartbeat_timeout=seconds, default_result=result
        )
        for hook, transition, seconds, result in _lifecycle_hooks(config)
    ]


def _warm_pool(config: FleetConfig) -> AutoscalingGroupWarmPool | None:
    if config.warm_pool is None:
        return None
    return AutoscalingGroupWarmPool(
        min_size=config.warm_pool.min_size,
        pool_state=config.warm_pool.state,
        instance_reuse_policy=AutoscalingGroupWarmPoolInstanceReusePolicy(reuse_on_scale_in=True),
    )


def _ignored_arguments(config: FleetConfig) -> list[str]:
    """Return the arguments that Terraform sets only once.

    Scaling policies change the size. A schedule changes the size limits: Terraform must not revert them.
    """
    return ["desired_capacity", *(["min_size", "max_size"] if config.scaling.schedule else [])]

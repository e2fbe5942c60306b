"""The autoscaling group of a fleet: instance types, placement and instance replacement."""

from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroup as AwsAutoscalingGroup,
)
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroupAvailabilityZoneDistribution,
    AutoscalingGroupInitialLifecycleHook,
    AutoscalingGroupInstanceMaintenancePolicy,
    AutoscalingGroupTag,
    AutoscalingGroupWarmPool,
    AutoscalingGroupWarmPoolInstanceReusePolicy,
)
from cdktf_cdktf_provider_aws.autoscaling_lifecycle_hook import AutoscalingLifecycleHook
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.mixed_instances import mixed_instances_policy
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.network.subnets import PrivateSubnets

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

    It waits for the routes and the ACL of its subnets, without which the first boot of an instance fails.
    Terraform ignores a changed launch template: `InstanceRefresh` rolls it out.
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
        subnets: PrivateSubnets,
        service_linked_role_arn: str,
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
            vpc_zone_identifier=subnets.subnet_ids,
            availability_zone_distribution=AutoscalingGroupAvailabilityZoneDistribution(
                capacity_distribution_strategy="balanced-best-effort"
            ),
            mixed_instances_policy=mixed_instances_policy(config, template),
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
            depends_on=terraform_resources(*subnets.dependencies, stack=Stack.of(self)) or None,
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

    Scaling policies change the size, and an instance refresh the launch template and the instance types. A
    schedule changes the size limits: Terraform must not revert them.
    """
    size_limits = ["min_size", "max_size"] if config.scaling.schedule else []
    return ["desired_capacity", "mixed_instances_policy", *size_limits]

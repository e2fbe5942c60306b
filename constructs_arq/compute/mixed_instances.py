"""The launch template, instance types and purchase options of a fleet, for Terraform and for AWS's API."""

from typing import Final

from cdktf import Fn
from cdktf_cdktf_provider_aws.autoscaling_group import (
    AutoscalingGroupMixedInstancesPolicy,
    AutoscalingGroupMixedInstancesPolicyInstancesDistribution,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplate,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecification,
    AutoscalingGroupMixedInstancesPolicyLaunchTemplateOverride,
)

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate

_ON_DEMAND_STRATEGY: Final = "prioritized"
_SPOT_STRATEGY: Final = "price-capacity-optimized"


def mixed_instances_policy(
    config: FleetConfig, template: LaunchTemplate
) -> AutoscalingGroupMixedInstancesPolicy:
    """Return the policy with which Terraform creates the group."""
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
            on_demand_allocation_strategy=_ON_DEMAND_STRATEGY,
            on_demand_base_capacity=config.on_demand_base,
            on_demand_percentage_above_base_capacity=config.on_demand_percent_above_base,
            spot_allocation_strategy=_SPOT_STRATEGY,
        ),
    )


def desired_mixed_instances_policy(config: FleetConfig, template: LaunchTemplate) -> dict[str, object]:
    """Return the same policy as an instance refresh takes it."""
    return {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {
                "LaunchTemplateId": template.template_id,
                # The API takes text, and the attribute is a number.
                "Version": Fn.tostring(template.version),
            },
            "Overrides": [{"InstanceType": each} for each in config.instance_types],
        },
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": _ON_DEMAND_STRATEGY,
            "OnDemandBaseCapacity": config.on_demand_base,
            "OnDemandPercentageAboveBaseCapacity": config.on_demand_percent_above_base,
            "SpotAllocationStrategy": _SPOT_STRATEGY,
        },
    }

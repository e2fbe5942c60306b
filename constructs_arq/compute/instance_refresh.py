"""The instance refresh of a fleet: a request that the deployment sends after the apply."""

from cdktf import TerraformOutput
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.launch_template import LaunchTemplate
from constructs_arq.compute.mixed_instances import desired_mixed_instances_policy
from constructs_arq.compute.rollback_alarms import RollbackAlarms
from constructs_arq.core.stack import Stack, logical_name

_ALL_PERCENT = 100


class InstanceRefresh(Construct):
    """An output with the request of a fleet's next instance refresh.

    `arqctl deploy` and `arqctl refresh` send `request`, the parameters of `StartInstanceRefresh`, if the
    group's configuration differs from `DesiredConfiguration`. EC2 Auto Scaling changes the group only when
    the refresh succeeds, so a rollback restores the previous configuration. Terraform changes the group
    before it starts a refresh, so its rollback would restore the new one.
    https://github.com/hashicorp/terraform-provider-aws/issues/34189
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        fleet: Construct,
        group_name: str,
        config: FleetConfig,
        template: LaunchTemplate,
        rollback: RollbackAlarms,
    ) -> None:
        super().__init__(scope, id)
        request = {
            "AutoScalingGroupName": group_name,
            "Strategy": "Rolling",
            "DesiredConfiguration": {
                "MixedInstancesPolicy": desired_mixed_instances_policy(config, template)
            },
            "Preferences": _preferences(config, rollback),
        }
        output = TerraformOutput(self, "request", value={"region": Stack.of(self).region, "request": request})
        output.override_logical_id(f"instance_refresh_{logical_name(fleet).replace('-', '_')}")


def _preferences(config: FleetConfig, rollback: RollbackAlarms) -> dict[str, object]:
    maintenance = config.maintenance
    preferences: dict[str, object] = {
        "MinHealthyPercentage": maintenance.min_healthy_percent,
        "MaxHealthyPercentage": maintenance.max_healthy_percent,
        "SkipMatching": True,
        "AutoRollback": True,
        "AlarmSpecification": {"Alarms": rollback.names},
        "BakeTime": maintenance.bake_seconds,
    }
    if maintenance.checkpoint_percents:
        # Without a last checkpoint of 100, the refresh would end at the one before.
        preferences["CheckpointPercentages"] = [*maintenance.checkpoint_percents, _ALL_PERCENT]
        preferences["CheckpointDelay"] = maintenance.checkpoint_seconds
    return preferences

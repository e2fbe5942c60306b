"""Scaling policies of a fleet."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.autoscaling_policy import (
    AutoscalingPolicy,
    AutoscalingPolicyPredictiveScalingConfiguration,
    AutoscalingPolicyPredictiveScalingConfigurationMetricSpecification,
    AutoscalingPolicyStepAdjustment,
    AutoscalingPolicyTargetTrackingConfiguration,
    AutoscalingPolicyTargetTrackingConfigurationCustomizedMetricSpecification,
    AutoscalingPolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricDimension,
)
from cdktf_cdktf_provider_aws.autoscaling_policy import (
    AutoscalingPolicyPredictiveScalingConfigurationMetricSpecificationPredefinedMetricPairSpecification as _MetricPair,  # noqa: E501  # generated name in the bindings
)
from cdktf_cdktf_provider_aws.autoscaling_policy import (
    AutoscalingPolicyTargetTrackingConfigurationPredefinedMetricSpecification as _PredefinedMetric,
)
from cdktf_cdktf_provider_aws.autoscaling_schedule import AutoscalingSchedule
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from constructs_arq.compute.fleet_config import FleetConfig, PredictiveScaling, ScalingStep
from constructs_arq.compute.memory_metric import MEMORY_METRIC, MEMORY_NAMESPACE
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.scaling import ScheduledSize

# EC2 Auto Scaling keeps the desired capacity of a scheduled action with this value.
_UNCHANGED = -1


class ScalingPolicies(Construct):
    """The scaling policies of one autoscaling group: target tracking, steps, predictive scaling, schedule.

    EC2 Auto Scaling applies the largest size that the policies ask for.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        group_name: str,
        config: FleetConfig,
        target_group: TrafficSource | None,
    ) -> None:
        super().__init__(scope, id)
        self._name = name
        self._group_name = group_name
        scaling = config.scaling
        if scaling.target_cpu_percent is not None:
            self._track_cpu(scaling.target_cpu_percent)
        if scaling.target_memory_percent is not None:
            self._track_memory(scaling.target_memory_percent)
        if scaling.target_requests_per_minute is not None and target_group is not None:
            self._track_requests(scaling.target_requests_per_minute, target_group)
        if config.steps:
            self._add_step_scaling(config.steps)
        if config.predictive is not None and scaling.target_cpu_percent is not None:
            self._add_predictive_scaling(config.predictive, scaling.target_cpu_percent)
        for size in scaling.schedule:
            self._add_scheduled_size(size)

    @property
    def _dimensions(self) -> Mapping[str, str]:
        return {"AutoScalingGroupName": self._name}

    def _track_cpu(self, target: int) -> None:
        metric = _PredefinedMetric(predefined_metric_type="ASGAverageCPUUtilization")
        self._add_target_tracking(
            "cpu",
            AutoscalingPolicyTargetTrackingConfiguration(
                target_value=target, predefined_metric_specification=metric
            ),
        )

    def _track_requests(self, target: int, target_group: TrafficSource) -> None:
        metric = _PredefinedMetric(
            predefined_metric_type="ALBRequestCountPerTarget",
            resource_label=f"{target_group.load_balancer_suffix}/{target_group.arn_suffix}",
        )
        self._add_target_tracking(
            "requests",
            AutoscalingPolicyTargetTrackingConfiguration(
                target_value=target, predefined_metric_specification=metric
            ),
            # EC2 Auto Scaling rejects the policy until a listener rule forwards requests to the target group.
            depends_on=target_group.rules,
        )

    def _track_memory(self, target: int) -> None:
        metric = AutoscalingPolicyTargetTrackingConfigurationCustomizedMetricSpecification(
            namespace=MEMORY_NAMESPACE,
            metric_name=MEMORY_METRIC,
            statistic="Average",
            metric_dimension=[
                AutoscalingPolicyTargetTrackingConfigurationCustomizedMetricSpecificationMetricDimension(
                    name=name, value=value
                )
                for name, value in self._dimensions.items()
            ],
        )
        self._add_target_tracking(
            "memory",
            AutoscalingPolicyTargetTrackingConfiguration(
                target_value=target, customized_metric_specification=metric
            ),
        )

    def _add_target_tracking(
        self,
        id: str,
        tracking: AutoscalingPolicyTargetTrackingConfiguration,
        *,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        AutoscalingPolicy(
            self,
            id,
            name=id,
            autoscaling_group_name=self._group_name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration=tracking,
            depends_on=list(depends_on) or None,
        )

    def _add_step_scaling(self, steps: Sequence[ScalingStep]) -> None:
        """Grow the group by a percentage that depends on the CPU use above the first step."""
        first = steps[0].above_cpu_percent
        lower = [step.above_cpu_percent - first for step in steps]
        upper = [*(str(offset) for offset in lower[1:]), None]
        policy = AutoscalingPolicy(
            self,
            "steps",
            name="steps",
            autoscaling_group_name=self._group_name,
            policy_type="StepScaling",
            adjustment_type="PercentChangeInCapacity",
            metric_aggregation_type="Average",
            min_adjustment_magnitude=1,
            step_adjustment=[
                AutoscalingPolicyStepAdjustment(
                    scaling_adjustment=step.add_percent,
                    metric_interval_lower_bound=str(low),
                    metric_interval_upper_bound=high,
                )
                for step, low, high in zip(steps, lower, upper, strict=True)
            ],
        )
        CloudwatchMetricAlarm(
            self,
            "steps-alarm",
            alarm_name=f"{self._name}-steps",
            alarm_description=f"Makes {self._name} larger by steps; it calls nobody",
            namespace="AWS/EC2",
            metric_name="CPUUtilization",
            dimensions=self._dimensions,
            statistic="Average",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=first,
            period=60,
            evaluation_periods=2,
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
        )

    def _add_predictive_scaling(self, mode: PredictiveScaling, target: int) -> None:
        pair = _MetricPair(predefined_metric_type="ASGCPUUtilization")
        metric = AutoscalingPolicyPredictiveScalingConfigurationMetricSpecification(
            target_value=target, predefined_metric_pair_specification=pair
        )
        AutoscalingPolicy(
            self,
            "predictive",
            name="predictive",
            autoscaling_group_name=self._group_name,
            policy_type="PredictiveScaling",
            predictive_scaling_configuration=AutoscalingPolicyPredictiveScalingConfiguration(
                mode=mode, metric_specification=metric, max_capacity_breach_behavior="HonorMaxCapacity"
            ),
        )

    def _add_scheduled_size(self, size: ScheduledSize) -> None:
        AutoscalingSchedule(
            self,
            f"schedule-{size.name}",
            scheduled_action_name=size.name,
            autoscaling_group_name=self._group_name,
            recurrence=size.cron,
            time_zone=size.time_zone,
            min_size=size.min_size,
            max_size=size.max_size,
            desired_capacity=_UNCHANGED,
        )

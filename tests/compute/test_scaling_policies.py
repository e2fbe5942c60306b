import json
import subprocess
from typing import Any

import pytest

from constructs_arq.compute.fleet_config import FleetConfig, PredictiveScaling, ScalingStep
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.scaling import ScalingPolicy
from tests.compute.fleet_builders import (
    ARM_IMAGE,
    ARM_TYPES,
    NIGHT_SCHEDULE,
    SCALING,
    FakeTargetGroup,
    build_fleet,
)
from tests.support import Synthesized, statements, synthesize


def build(*, target_group: FakeTargetGroup | None = None, **values: Any) -> Synthesized:
    config = FleetConfig(**{"image": ARM_IMAGE, "instance_types": ARM_TYPES, "scaling": SCALING, **values})
    return synthesize(build_fleet(config, target_group=target_group))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return build(
        target_group=FakeTargetGroup(),
        scaling=ScalingPolicy(
            min_size=2,
            max_size=6,
            target_cpu_percent=50,
            target_memory_percent=70,
            target_requests_per_minute=1200,
            schedule=NIGHT_SCHEDULE,
        ),
        steps=[
            ScalingStep(above_cpu_percent=70, add_percent=20),
            ScalingStep(above_cpu_percent=85, add_percent=60),
        ],
        predictive=PredictiveScaling.FORECAST_AND_SCALE,
    )


def tracking(synthesized: Synthesized, policy: str) -> dict[str, Any]:
    found = synthesized.one("aws_autoscaling_policy", f"workers/scaling/{policy}")
    assert found["policy_type"] == "TargetTrackingScaling"
    configuration: dict[str, Any] = found["target_tracking_configuration"]
    return configuration


def test_cpu_target_tracking(synthesized: Synthesized) -> None:
    cpu = tracking(synthesized, "cpu")
    assert cpu["predefined_metric_specification"] == {"predefined_metric_type": "ASGAverageCPUUtilization"}
    assert cpu["target_value"] == 50


def test_request_target_tracking_uses_the_target_group(synthesized: Synthesized) -> None:
    requests = tracking(synthesized, "requests")
    assert requests["predefined_metric_specification"] == {
        "predefined_metric_type": "ALBRequestCountPerTarget",
        "resource_label": "app/web/2/targetgroup/web/1",
    }
    assert requests["target_value"] == 1200


def test_memory_target_tracking_uses_the_metric_of_the_agent(
    synthesized: Synthesized,
) -> None:
    metric = tracking(synthesized, "memory")["customized_metric_specification"]
    (dimension,) = metric["metric_dimension"]
    assert dimension["name"] == "AutoScalingGroupName"
    agent = synthesized.one("aws_ssm_association")
    assert agent["targets"] == [{"key": "tag:aws:autoscaling:groupName", "values": ["test-workers"]}]
    commands = agent["parameters"]["commands"]
    subprocess.run(["bash", "-n"], input=commands, text=True, check=True)
    reported = json.loads(commands.split("'")[1])["metrics"]
    assert reported["namespace"] == metric["namespace"]
    assert reported["metrics_collected"]["mem"] == {
        "measurement": [metric["metric_name"]],
        "append_dimensions": {"AutoScalingGroupName": "test-workers"},
    }
    policy = synthesized.one("aws_iam_role_policy", "workers/role/report-memory")["policy"]
    condition = statements(policy)["ReportMemory"]["Condition"]
    assert condition == {"StringEquals": {"cloudwatch:namespace": metric["namespace"]}}


def test_no_policy_or_agent_without_a_target() -> None:
    without_options = build()
    assert set(without_options.of_type("aws_autoscaling_policy")) == {"workers/scaling/cpu"}
    assert not without_options.of_type("aws_ssm_association")


def test_a_request_target_needs_a_target_group() -> None:
    scaling = ScalingPolicy(min_size=1, max_size=2, target_requests_per_minute=100)
    with pytest.raises(
        ConstructError, match=r"workers: scaling.target_requests_per_minute needs .* Set target_group"
    ):
        build(scaling=scaling)


def test_steps_start_at_the_alarm_threshold_without_gaps(synthesized: Synthesized) -> None:
    alarm = synthesized.one("aws_cloudwatch_metric_alarm", "workers/scaling/steps-alarm")
    policy = synthesized.one("aws_autoscaling_policy", "workers/scaling/steps")
    assert (alarm["threshold"], alarm["comparison_operator"]) == (70, "GreaterThanOrEqualToThreshold")
    assert alarm["alarm_actions"] == [
        f"${{aws_autoscaling_policy.{policy['//']['metadata']['uniqueId']}.arn}}"
    ]
    assert policy["adjustment_type"] == "PercentChangeInCapacity"
    assert policy["step_adjustment"] == [
        {
            "metric_interval_lower_bound": "0",
            "metric_interval_upper_bound": "15",
            "scaling_adjustment": 20,
        },
        {"metric_interval_lower_bound": "15", "scaling_adjustment": 60},
    ]


def test_predictive_scaling_uses_the_cpu_target(synthesized: Synthesized) -> None:
    forecast = synthesized.one("aws_autoscaling_policy", "workers/scaling/predictive")
    configuration = forecast["predictive_scaling_configuration"]
    assert configuration["mode"] == "ForecastAndScale"
    assert configuration["max_capacity_breach_behavior"] == "HonorMaxCapacity"
    assert configuration["metric_specification"]["target_value"] == 50


def test_a_schedule_changes_the_size_limits_and_keeps_the_size(synthesized: Synthesized) -> None:
    night = synthesized.one("aws_autoscaling_schedule", "workers/scaling/schedule-night")
    assert (night["min_size"], night["max_size"], night["desired_capacity"]) == (1, 2, -1)
    assert (night["recurrence"], night["time_zone"]) == ("0 20 * * *", "Europe/Berlin")


def test_schedule_order_changes_no_address() -> None:
    scaling = ScalingPolicy(min_size=2, max_size=6, schedule=NIGHT_SCHEDULE)
    reordered = scaling.model_copy(update={"schedule": NIGHT_SCHEDULE[::-1]})
    assert build(scaling=scaling).addresses == build(scaling=reordered).addresses

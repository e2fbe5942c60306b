import json
import subprocess
from typing import Any

import pytest

from constructs_arq.compute.fleet_config import FleetConfig, PredictiveScaling, ScalingStep
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.scaling import ScalingPolicy
from tests.compute.fleets import ARM, NIGHTS, SCALING, Targets, fleet
from tests.support import Synthesized, statements, synthesize


def build(*, target_group: Targets | None = None, **values: Any) -> Synthesized:
    config = FleetConfig(**{"instance_types": ARM, "scaling": SCALING, **values})
    return synthesize(fleet(config, target_group=target_group))


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return build(
        target_group=Targets(),
        scaling=ScalingPolicy(
            min_size=2,
            max_size=6,
            target_cpu_percent=50,
            target_memory_percent=70,
            target_requests_per_minute=1200,
            schedule=NIGHTS,
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


def test_cpu_is_held_at_its_target(synthesized: Synthesized) -> None:
    cpu = tracking(synthesized, "cpu")
    assert cpu["predefined_metric_specification"] == {"predefined_metric_type": "ASGAverageCPUUtilization"}
    assert cpu["target_value"] == 50


def test_requests_are_counted_by_the_target_group(synthesized: Synthesized) -> None:
    requests = tracking(synthesized, "requests")
    assert requests["predefined_metric_specification"] == {
        "predefined_metric_type": "ALBRequestCountPerTarget",
        "resource_label": "app/web/2/targetgroup/web/1",
    }
    assert requests["target_value"] == 1200


def test_memory_is_held_at_its_target_by_a_metric_that_the_instances_do_report(
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


def test_only_what_has_a_target_is_tracked_or_measured() -> None:
    plain = build()
    assert set(plain.of_type("aws_autoscaling_policy")) == {"workers/scaling/cpu"}
    assert not plain.of_type("aws_ssm_association")


def test_requests_as_a_target_need_a_target_group() -> None:
    scaling = ScalingPolicy(min_size=1, max_size=2, target_requests_per_minute=100)
    with pytest.raises(
        ConstructError, match=r"workers: requests are a scaling target, but .* Give target_group"
    ):
        build(scaling=scaling)


def test_steps_begin_at_the_alarms_threshold_and_leave_no_gap(synthesized: Synthesized) -> None:
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


def test_the_forecast_aims_at_the_cpu_target(synthesized: Synthesized) -> None:
    forecast = synthesized.one("aws_autoscaling_policy", "workers/scaling/predictive")
    configuration = forecast["predictive_scaling_configuration"]
    assert configuration["mode"] == "ForecastAndScale"
    assert configuration["max_capacity_breach_behavior"] == "HonorMaxCapacity"
    assert configuration["metric_specification"]["target_value"] == 50


def test_a_schedule_changes_the_bounds_and_not_the_size(synthesized: Synthesized) -> None:
    night = synthesized.one("aws_autoscaling_schedule", "workers/scaling/schedule-night")
    assert (night["min_size"], night["max_size"], night["desired_capacity"]) == (1, 2, -1)
    assert (night["recurrence"], night["time_zone"]) == ("0 20 * * *", "Europe/Berlin")


def test_the_order_of_a_schedule_changes_no_address() -> None:
    scaling = ScalingPolicy(min_size=2, max_size=6, schedule=NIGHTS)
    turned = scaling.model_copy(update={"schedule": NIGHTS[::-1]})
    assert build(scaling=scaling).addresses == build(scaling=turned).addresses

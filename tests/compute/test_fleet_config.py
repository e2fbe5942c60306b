from typing import Any

import pytest

from constructs_arq.compute.fleet_config import (
    FleetConfig,
    MaintenanceConfig,
    PredictiveScaling,
    ScalingStep,
    WarmPoolConfig,
)
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.instance_types import Architecture, architecture
from constructs_arq.core.scaling import ScalingPolicy
from tests.compute.fleets import ARM, NIGHTS, SCALING


def config(**values: Any) -> FleetConfig:
    return FleetConfig(**{"instance_types": ARM, "scaling": SCALING, **values})


@pytest.mark.parametrize(
    ("values", "path", "complaint"),
    [
        ({"instance_types": ()}, "instance_types", "must name at least one type"),
        ({"instance_types": ("large",)}, "instance_types.0", "must be an EC2 instance type"),
        ({"instance_types": ("m7g.large", "m7g.large")}, "instance_types", "must not name a type twice"),
        ({"instance_types": ("m7g.large", "m7i.large")}, "instance_types", "must all be of one architecture"),
        ({"on_demand_base": 7}, "on_demand_base", "must not be above scaling.max_size 6"),
        (
            {"instance_types": ARM[:2], "on_demand_percent_above_base": 50},
            "on_demand_percent_above_base",
            "must be 100 with 2 instance types",
        ),
        (
            {"scaling": ScalingPolicy(min_size=1, max_size=2, schedule=NIGHTS[:1])},
            "scaling",
            "must have two scheduled sizes or more",
        ),
        (
            {"steps": [ScalingStep(above_cpu_percent=p, add_percent=10) for p in (90, 80)]},
            "steps",
            "must rise from step to step",
        ),
        (
            {"steps": [ScalingStep(above_cpu_percent=60, add_percent=10)]},
            "steps",
            "must start above scaling.target_cpu_percent 60",
        ),
        (
            {
                "scaling": ScalingPolicy(min_size=1, max_size=2, target_cpu_percent=None),
                "predictive": PredictiveScaling.FORECAST_ONLY,
            },
            "predictive",
            "needs a CPU target",
        ),
        (
            {"warm_pool": WarmPoolConfig(), "launch_hook_seconds": 60, "on_demand_percent_above_base": 50},
            "warm_pool",
            "can't hold spot instances",
        ),
        ({"warm_pool": WarmPoolConfig()}, "warm_pool", "needs a launch hook"),
        (
            {"warm_pool": WarmPoolConfig(min_size=9), "launch_hook_seconds": 60},
            "warm_pool",
            "min_size 9 must not be above scaling.max_size 6",
        ),
        ({"ami_id": "amazon-linux"}, "ami_id", "match pattern"),
        ({"user_data": "x" * 17_000}, "user_data", "must not be longer than 16 KiB"),
        ({"user_data": f"export KEY=AKIA{'A1' * 8}"}, "user_data", "must not carry a key"),
        ({"user_data": "-----BEGIN RSA PRIVATE KEY-----"}, "user_data", "must not carry a key"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_its_path(
    values: dict[str, Any], path: str, complaint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config(**values)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert complaint in str(caught.value)


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        config(
            instance_types=("m7g.large",),
            on_demand_base=9,
            on_demand_percent_above_base=0,
            steps=[ScalingStep(above_cpu_percent=50, add_percent=10)],
            warm_pool=WarmPoolConfig(min_size=9),
            user_data=f"AKIA{'A1' * 8}",
        )
    assert {problem.path for problem in caught.value.problems} == {
        "on_demand_base",
        "on_demand_percent_above_base",
        "steps",
        "warm_pool",
        "user_data",
    }


@pytest.mark.parametrize(("fewest", "most"), [(100, 100), (50, 200)])
def test_maintenance_must_leave_room_that_aws_takes(fewest: int, most: int) -> None:
    with pytest.raises(ConfigError, match="must leave 1 to 100 percent"):
        MaintenanceConfig(min_healthy_percent=fewest, max_healthy_percent=most)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("m7g.large", Architecture.ARM64),
        ("c6gn.16xlarge", Architecture.ARM64),
        ("is4gen.medium", Architecture.ARM64),
        ("t4g.micro", Architecture.ARM64),
        ("a1.large", Architecture.ARM64),
        ("m7i-flex.large", Architecture.X86_64),
        ("g4dn.xlarge", Architecture.X86_64),
        ("c7a.large", Architecture.X86_64),
        ("u-6tb1.metal", Architecture.X86_64),
    ],
)
def test_a_type_says_its_architecture_by_its_name(name: str, expected: Architecture) -> None:
    assert architecture(name) is expected

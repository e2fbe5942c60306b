from typing import Any

import pytest

from constructs_arq.compute.fleet_config import (
    FleetConfig,
    PredictiveScaling,
    ScalingStep,
    WarmPoolConfig,
)
from constructs_arq.compute.instance_replacement import MaintenanceConfig
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.instance_types import Architecture, architecture
from constructs_arq.core.scaling import ScalingPolicy
from tests.compute.fleet_builders import ARM_IMAGE, ARM_TYPES, NIGHT_SCHEDULE, SCALING


def config(**values: Any) -> FleetConfig:
    return FleetConfig(**{"image": ARM_IMAGE, "instance_types": ARM_TYPES, "scaling": SCALING, **values})


@pytest.mark.parametrize(
    ("values", "path", "message"),
    [
        ({"instance_types": ()}, "instance_types", "must name at least one type"),
        ({"instance_types": ("large",)}, "instance_types.0", "must be an EC2 instance type"),
        ({"instance_types": ("m7g.large", "m7g.large")}, "instance_types", "must not repeat a type"),
        ({"instance_types": ("m7g.large", "m7i.large")}, "instance_types", "must all be of one architecture"),
        ({"on_demand_base": 7}, "on_demand_base", "must not be above scaling.max_size 6"),
        (
            {"instance_types": ARM_TYPES[:2], "on_demand_percent_above_base": 50},
            "on_demand_percent_above_base",
            "must be 100 with 2 instance types",
        ),
        (
            {"scaling": ScalingPolicy(min_size=1, max_size=2, schedule=NIGHT_SCHEDULE[:1])},
            "scaling",
            "must have at least two scheduled sizes",
        ),
        (
            {"steps": [ScalingStep(above_cpu_percent=p, add_percent=10) for p in (90, 80)]},
            "steps",
            "must have ascending above_cpu_percent",
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
            "does not support spot instances",
        ),
        ({"warm_pool": WarmPoolConfig()}, "warm_pool", "needs a launch hook"),
        (
            {"warm_pool": WarmPoolConfig(min_size=9), "launch_hook_seconds": 60},
            "warm_pool",
            "min_size 9 must not be above scaling.max_size 6",
        ),
        ({"image": "amazon-linux"}, "image", "full name of an Amazon Linux 2023 image"),
        ({"image": "al2023-ami-2023.*-kernel-6.1-arm64"}, "image", "full name"),
        (
            {"image": ARM_IMAGE.replace("arm64", "x86_64")},
            "image",
            "is for x86_64, but instance_types are arm64",
        ),
        ({"user_data": "x" * 17_000}, "user_data", "must not be longer than 16 KiB"),
        ({"user_data": f"export KEY=AKIA{'A1' * 8}"}, "user_data", "must not contain a credential"),
        ({"user_data": "-----BEGIN RSA PRIVATE KEY-----"}, "user_data", "must not contain a credential"),
    ],
)
def test_values_that_aws_rejects_are_reported_with_their_path(
    values: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config(**values)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert message in str(caught.value)


def test_all_problems_are_reported_at_once() -> None:
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


@pytest.mark.parametrize(("min_healthy", "max_healthy"), [(100, 100), (50, 200)])
def test_maintenance_must_leave_1_to_100_percent(min_healthy: int, max_healthy: int) -> None:
    with pytest.raises(ConfigError, match="must leave 1 to 100 percent"):
        MaintenanceConfig(min_healthy_percent=min_healthy, max_healthy_percent=max_healthy)


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
def test_architecture_follows_from_the_instance_type_name(name: str, expected: Architecture) -> None:
    assert architecture(name) is expected

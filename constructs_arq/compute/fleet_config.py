"""What an environment may vary about a fleet."""

import re
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from constructs_arq.core.config import Config, wrong
from constructs_arq.core.instance_types import InstanceType, require_one_image
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.values import Percent

# EC2 takes 16 KiB before base64.
_USER_DATA_BYTES = 16 * 1024
_SECRET = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----")
# So that spot capacity that runs out in one type is found in another.
_FEWEST_SPOT_TYPES = 3
_WHOLE = 100


class PredictiveScaling(StrEnum):
    """What a forecast of the load is used for, in the words of EC2 Auto Scaling."""

    FORECAST_ONLY = "ForecastOnly"
    FORECAST_AND_SCALE = "ForecastAndScale"


class ScalingStep(Config):
    """How much larger the fleet gets at once when its CPU use is above a bound."""

    above_cpu_percent: Percent = Field(description="Average CPU use from which on it applies.")
    add_percent: int = Field(ge=1, le=400, description="Share of the fleet's size to add, one at least.")


class WarmPoolConfig(Config):
    """Instances that have booted and wait, for applications that take minutes to start.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """

    min_size: int = Field(default=0, ge=0, description="Never fewer are kept waiting.")
    state: Literal["Stopped", "Running"] = Field(
        default="Stopped", description="Stopped ones cost their volumes only."
    )


class MaintenanceConfig(Config):
    """How far the fleet may shrink or grow while instances are replaced, in percent of its size.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-maintenance-policy.html
    """

    min_healthy_percent: int = Field(default=100, ge=0, le=100, description="100: launch, then terminate.")
    max_healthy_percent: int = Field(default=120, ge=100, le=200)

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        room = self.max_healthy_percent - self.min_healthy_percent
        if not 0 < room <= _WHOLE:
            raise wrong(
                f"must leave 1 to 100 percent between min_healthy_percent {self.min_healthy_percent} and "
                f"max_healthy_percent {self.max_healthy_percent}, or nothing can be replaced",
                mend="Lower the one or raise the other.",
            )
        return self


class FleetConfig(Config):
    """What an environment may vary about a fleet of EC2 instances."""

    instance_types: tuple[InstanceType, ...] = Field(
        description="Types of one architecture and about one size, the preferred ones first."
    )
    scaling: ScalingPolicy = Field(description="How many instances, and by what they are scaled.")
    on_demand_base: int = Field(default=0, ge=0, description="So many are on-demand whatever the share.")
    on_demand_percent_above_base: int = Field(
        default=100, ge=0, le=100, description="On-demand share of the others; the rest are spot instances."
    )
    steps: tuple[ScalingStep, ...] = Field(
        default=(), description="For jumps that target tracking follows too slowly."
    )
    predictive: PredictiveScaling | None = Field(
        default=None, description="Whether to forecast the load from its past, and scale ahead of it."
    )
    startup_seconds: int = Field(
        default=300, ge=0, le=7200, description="Time from launch until an instance carries its load."
    )
    launch_hook_seconds: int | None = Field(
        default=None,
        ge=30,
        le=7200,
        description="An instance serves once it has completed the hook `launch`; late, it is replaced.",
    )
    terminate_hook_seconds: int | None = Field(
        default=None,
        ge=30,
        le=7200,
        description="Time that an instance gets to finish its work, or until it completes `terminate`.",
    )
    warm_pool: WarmPoolConfig | None = Field(default=None, description="Instances that wait, booted.")
    maintenance: MaintenanceConfig = Field(default=MaintenanceConfig())
    max_instance_lifetime_days: int | None = Field(
        default=30, ge=1, le=365, description="Older instances are replaced; None lets them live."
    )
    root_volume_gib: int = Field(default=20, ge=8, le=16_384, description="Size of the gp3 root volume.")
    ami_id: str | None = Field(
        default=None,
        pattern=r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$",
        description="An image whose root device is /dev/xvda; None is the newest Amazon Linux 2023.",
    )
    user_data: str | None = Field(
        default=None,
        description="A script run at first boot. Anyone on the instance can read it: no secrets.",
    )

    @property
    def uses_spot(self) -> bool:
        """Whether any instance may be a spot instance."""
        return self.on_demand_percent_above_base < _WHOLE

    @field_validator("instance_types")
    @classmethod
    def _types_differ_and_share_an_architecture(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        require_one_image(types)
        return types

    @field_validator("scaling")
    @classmethod
    def _schedule_comes_back(cls, scaling: ScalingPolicy) -> ScalingPolicy:
        if len(scaling.schedule) == 1:
            raise wrong(
                "must have two scheduled sizes or more: with one, the first change of bounds is the last",
                mend="Add the size that ends it, or drop the schedule.",
            )
        return scaling

    @field_validator("on_demand_base")
    @classmethod
    def _base_fits(cls, base: int, info: ValidationInfo) -> int:
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if scaling is not None and base > scaling.max_size:
            raise wrong(
                f"must not be above scaling.max_size {scaling.max_size}", mend="Lower it or raise max_size."
            )
        return base

    @field_validator("on_demand_percent_above_base")
    @classmethod
    def _spot_is_diversified(cls, percent: int, info: ValidationInfo) -> int:
        types = info.data.get("instance_types")
        if percent < _WHOLE and types is not None and len(types) < _FEWEST_SPOT_TYPES:
            raise wrong(
                f"must be 100 with {len(types)} instance types: spot capacity of a type may run out",
                mend=f"Give at least {_FEWEST_SPOT_TYPES} instance_types, better ten.",
            )
        return percent

    @field_validator("steps")
    @classmethod
    def _steps_rise_above_the_target(
        cls, steps: tuple[ScalingStep, ...], info: ValidationInfo
    ) -> tuple[ScalingStep, ...]:
        bounds = [step.above_cpu_percent for step in steps]
        if bounds != sorted(set(bounds)):
            raise wrong("must rise from step to step in above_cpu_percent", mend="Put them in order.")
        scaling: ScalingPolicy | None = info.data.get("scaling")
        target = scaling.target_cpu_percent if scaling else None
        if target and bounds and bounds[0] <= target:
            raise wrong(
                f"must start above scaling.target_cpu_percent {target}, which scales below that",
                mend="Raise the first above_cpu_percent.",
            )
        return steps

    @field_validator("predictive")
    @classmethod
    def _forecast_has_a_target(
        cls, predictive: PredictiveScaling | None, info: ValidationInfo
    ) -> PredictiveScaling | None:
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if predictive and scaling and scaling.target_cpu_percent is None:
            raise wrong("needs a CPU target to forecast for", mend="Give scaling.target_cpu_percent.")
        return predictive

    @field_validator("warm_pool")
    @classmethod
    def _warm_pool_is_possible(
        cls, warm_pool: WarmPoolConfig | None, info: ValidationInfo
    ) -> WarmPoolConfig | None:
        if warm_pool is None:
            return None
        if info.data.get("on_demand_percent_above_base", _WHOLE) < _WHOLE:
            raise wrong(
                "can't hold spot instances, which can't be stopped and kept",
                mend="Set on_demand_percent_above_base to 100, or drop warm_pool.",
            )
        if info.data.get("launch_hook_seconds", 1) is None:
            raise wrong(
                "needs a launch hook: without it, instances are stopped before they have started up",
                mend="Give launch_hook_seconds, and complete the hook `launch` at the end of user_data.",
            )
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if scaling and warm_pool.min_size > scaling.max_size:
            raise wrong(
                f"min_size {warm_pool.min_size} must not be above scaling.max_size {scaling.max_size}",
                mend="Lower it.",
            )
        return warm_pool

    @field_validator("user_data")
    @classmethod
    def _user_data_fits_and_keeps_no_secret(cls, script: str | None) -> str | None:
        if script is None:
            return None
        if len(script.encode()) > _USER_DATA_BYTES:
            raise wrong("must not be longer than 16 KiB", mend="Fetch the rest from a bucket at boot.")
        if _SECRET.search(script):
            raise wrong(
                "must not carry a key, which everyone on the instance can read",
                mend="Read it from Secrets Manager at boot, allowed by fleet.role.",
            )
        return script

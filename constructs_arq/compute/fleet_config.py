"""Configuration of a fleet."""

import re
from enum import StrEnum
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from constructs_arq.compute.instance_replacement import MaintenanceConfig
from constructs_arq.compute.machine_image import MachineImage, find_architecture
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.instance_types import InstanceType, architecture, require_single_architecture
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.values import Percent

# EC2 accepts 16 KiB before base64 encoding.
_USER_DATA_BYTES = 16 * 1024
_CREDENTIAL = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----")
# If the spot capacity of one type runs out, EC2 uses another type.
_MIN_SPOT_TYPES = 3
_ALL_PERCENT = 100


class PredictiveScaling(StrEnum):
    """Predictive scaling modes of EC2 Auto Scaling."""

    FORECAST_ONLY = "ForecastOnly"
    FORECAST_AND_SCALE = "ForecastAndScale"


class ScalingStep(Config):
    """The growth of the fleet at once when its CPU use is above a threshold."""

    above_cpu_percent: Percent = Field(description="Average CPU use at which the step starts.")
    add_percent: int = Field(
        ge=1, le=400, description="Instances to add, in percent of the fleet size; at least one."
    )


class WarmPoolConfig(Config):
    """Pre-initialized instances for applications that take minutes to start.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """

    min_size: int = Field(default=0, ge=0, description="Minimum number of instances in the pool.")
    state: Literal["Stopped", "Running"] = Field(
        default="Stopped", description="Stopped instances cost only their volumes."
    )


class FleetConfig(Config):
    """Settings of an EC2 fleet that an environment can vary."""

    instance_types: tuple[InstanceType, ...] = Field(
        description="Instance types of one architecture and similar size, in order of preference."
    )
    scaling: ScalingPolicy = Field(description="Size limits, scaling targets and schedule.")
    on_demand_base: int = Field(default=0, ge=0, description="Number of instances that are always on-demand.")
    on_demand_percent_above_base: int = Field(
        default=100,
        ge=0,
        le=100,
        description="On-demand share above the base, in percent; the rest are spot instances.",
    )
    steps: tuple[ScalingStep, ...] = Field(
        default=(), description="Step scaling for load peaks that target tracking follows too slowly."
    )
    predictive: PredictiveScaling | None = Field(
        default=None, description="Forecast the load from its history, and optionally scale ahead of it."
    )
    startup_seconds: int = Field(
        default=300, ge=0, le=7200, description="Time from launch until an instance takes its full load."
    )
    launch_hook_seconds: int | None = Field(
        default=None,
        ge=30,
        le=7200,
        description="Time for an instance to complete the `launch` hook; after that it is replaced.",
    )
    terminate_hook_seconds: int | None = Field(
        default=None,
        ge=30,
        le=7200,
        description="Time for an instance to finish its work and complete the `terminate` hook.",
    )
    warm_pool: WarmPoolConfig | None = Field(
        default=None, description="Pre-initialized instances; None disables the pool."
    )
    maintenance: MaintenanceConfig = Field(default=MaintenanceConfig())
    max_instance_lifetime_days: int | None = Field(
        default=30, ge=1, le=365, description="Maximum instance age; None sets no limit."
    )
    root_volume_gib: int = Field(default=20, ge=8, le=16_384, description="Size of the gp3 root volume.")
    image: MachineImage = Field(
        description="Id of an image with the root device /dev/xvda, or name of an Amazon Linux 2023 image."
    )
    user_data: str | None = Field(
        default=None,
        description="Script for the first boot. Every process on the instance can read it: no secrets.",
    )

    @property
    def uses_spot(self) -> bool:
        """Whether any instance may be a spot instance."""
        return self.on_demand_percent_above_base < _ALL_PERCENT

    @field_validator("instance_types")
    @classmethod
    def _require_single_architecture(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        require_single_architecture(types)
        return types

    @field_validator("scaling")
    @classmethod
    def _require_complete_schedule(cls, scaling: ScalingPolicy) -> ScalingPolicy:
        if len(scaling.schedule) == 1:
            raise validation_error(
                "must have at least two scheduled sizes: with one, the size limits never change back",
                fix="Add a scheduled size that restores the size limits, or remove the schedule.",
            )
        return scaling

    @field_validator("on_demand_base")
    @classmethod
    def _require_base_within_max_size(cls, base: int, info: ValidationInfo) -> int:
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if scaling is not None and base > scaling.max_size:
            raise validation_error(
                f"must not be above scaling.max_size {scaling.max_size}",
                fix="Lower on_demand_base or raise scaling.max_size.",
            )
        return base

    @field_validator("on_demand_percent_above_base")
    @classmethod
    def _require_diverse_spot_types(cls, percent: int, info: ValidationInfo) -> int:
        types = info.data.get("instance_types")
        if percent < _ALL_PERCENT and types is not None and len(types) < _MIN_SPOT_TYPES:
            raise validation_error(
                f"must be 100 with {len(types)} instance types: the spot capacity of a type can run out",
                fix=f"Set at least {_MIN_SPOT_TYPES} instance_types; ten are better.",
            )
        return percent

    @field_validator("steps")
    @classmethod
    def _require_ascending_steps(
        cls, steps: tuple[ScalingStep, ...], info: ValidationInfo
    ) -> tuple[ScalingStep, ...]:
        thresholds = [step.above_cpu_percent for step in steps]
        if thresholds != sorted(set(thresholds)):
            raise validation_error(
                "must have ascending above_cpu_percent", fix="Sort the steps, and remove duplicates."
            )
        scaling: ScalingPolicy | None = info.data.get("scaling")
        target = scaling.target_cpu_percent if scaling else None
        if target and thresholds and thresholds[0] <= target:
            raise validation_error(
                f"must start above scaling.target_cpu_percent {target}; target tracking covers lower values",
                fix="Raise the first above_cpu_percent.",
            )
        return steps

    @field_validator("predictive")
    @classmethod
    def _require_cpu_target(
        cls, predictive: PredictiveScaling | None, info: ValidationInfo
    ) -> PredictiveScaling | None:
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if predictive and scaling and scaling.target_cpu_percent is None:
            raise validation_error(
                "needs a CPU target for the forecast", fix="Set scaling.target_cpu_percent."
            )
        return predictive

    @field_validator("warm_pool")
    @classmethod
    def _require_warm_pool_support(
        cls, warm_pool: WarmPoolConfig | None, info: ValidationInfo
    ) -> WarmPoolConfig | None:
        if warm_pool is None:
            return None
        if info.data.get("on_demand_percent_above_base", _ALL_PERCENT) < _ALL_PERCENT:
            raise validation_error(
                "does not support spot instances, which EC2 can't keep stopped",
                fix="Set on_demand_percent_above_base to 100, or remove warm_pool.",
            )
        if info.data.get("launch_hook_seconds", 1) is None:
            raise validation_error(
                "needs a launch hook: without it, EC2 stops instances before they are initialized",
                fix="Set launch_hook_seconds, and complete the `launch` hook at the end of user_data.",
            )
        scaling: ScalingPolicy | None = info.data.get("scaling")
        if scaling and warm_pool.min_size > scaling.max_size:
            raise validation_error(
                f"min_size {warm_pool.min_size} must not be above scaling.max_size {scaling.max_size}",
                fix="Lower warm_pool.min_size or raise scaling.max_size.",
            )
        return warm_pool

    @field_validator("image")
    @classmethod
    def _require_matching_architecture(cls, image: str, info: ValidationInfo) -> str:
        types = info.data.get("instance_types")
        found = find_architecture(image)
        if found and types and found != architecture(types[0]):
            raise validation_error(
                f"is for {found}, but instance_types are {architecture(types[0])}",
                fix="Use the image of that architecture.",
            )
        return image

    @field_validator("user_data")
    @classmethod
    def _require_valid_user_data(cls, script: str | None) -> str | None:
        if script is None:
            return None
        if len(script.encode()) > _USER_DATA_BYTES:
            raise validation_error(
                "must not be longer than 16 KiB", fix="Download the rest from a bucket at boot."
            )
        if _CREDENTIAL.search(script):
            raise validation_error(
                "must not contain a credential: every process on the instance can read it",
                fix="Read it from Secrets Manager at boot, and grant fleet.role access.",
            )
        return script

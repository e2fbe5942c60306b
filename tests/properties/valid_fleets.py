"""A strategy for valid fleets."""

from hypothesis import strategies as st

from constructs_arq.compute.fleet_config import (
    FleetConfig,
    PredictiveScaling,
    ScalingStep,
    WarmPoolConfig,
)
from constructs_arq.compute.instance_replacement import MaintenanceConfig
from constructs_arq.core.instance_types import architecture
from tests.properties.raw_values import RawConfig, raw_configs
from tests.properties.strategies import GRAVITON, INTEL, PERCENT, scalings, subsets

_RELEASE = "al2023-ami-2023.9.20251208.0-kernel-6.1"
_HOOK = st.none() | st.integers(30, 7200)


@st.composite
def fleets(draw: st.DrawFn) -> RawConfig:
    scaling = draw(scalings())
    most = int(scaling.values["max_size"])
    warm = draw(st.booleans())
    on_demand = 100 if warm else draw(st.integers(0, 100))
    fewest = 3 if on_demand < 100 else 1
    low = draw(st.integers(0, 100))
    types = draw(st.sampled_from((GRAVITON, INTEL)))
    fleet = draw(
        raw_configs(
            FleetConfig,
            instance_types=subsets(*types, least=fewest),
            scaling=st.just(scaling),
            on_demand_base=st.integers(0, most),
            on_demand_percent_above_base=st.just(on_demand),
            steps=st.lists(st.integers(81, 100), unique=True, max_size=3).map(
                lambda bounds: tuple(
                    RawConfig(ScalingStep, {"above_cpu_percent": bound, "add_percent": bound * 4})
                    for bound in sorted(bounds)
                )
            ),
            predictive=st.none() | st.sampled_from(PredictiveScaling),
            startup_seconds=st.integers(0, 7200),
            launch_hook_seconds=st.integers(30, 7200) if warm else _HOOK,
            terminate_hook_seconds=_HOOK,
            warm_pool=raw_configs(
                WarmPoolConfig, min_size=st.integers(0, most), state=st.sampled_from(("Stopped", "Running"))
            )
            if warm
            else st.none(),
            maintenance=st.just(
                RawConfig(
                    MaintenanceConfig,
                    {"min_healthy_percent": low, "max_healthy_percent": max(100, low + draw(PERCENT) % 100)}
                    if low < 100
                    else {},
                )
            ),
            max_instance_lifetime_days=st.none() | st.integers(1, 365),
            root_volume_gib=st.integers(8, 16_384),
            image=st.sampled_from(("ami-0123456789abcdef0", f"{_RELEASE}-{architecture(types[0])}")),
            user_data=st.none() | st.sampled_from(("", "#!/bin/sh\necho ${HOME} %{x} \"'\\", "ä" * 100)),
        )
    )
    if warm:
        hook = {"launch_hook_seconds": fleet.values.get("launch_hook_seconds", 60)}
        return RawConfig(FleetConfig, {**fleet.values, **hook, "on_demand_percent_above_base": on_demand})
    return fleet

"""Builders of fleets for tests."""

from collections.abc import Callable
from dataclasses import dataclass

from cdktf import ITerraformDependable

from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig
from constructs_arq.compute.traffic_source import TrafficSource
from constructs_arq.core.port import Port
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network

SCALING = ScalingPolicy(min_size=2, max_size=6)
ARM_IMAGE = "al2023-ami-2023.9.20251208.0-kernel-6.1-arm64"
ARM_TYPES = ("m7g.large", "m6g.large", "r7g.large")
NIGHT_SCHEDULE = (
    ScheduledSize(name="night", cron="0 20 * * *", time_zone="Europe/Berlin", min_size=1, max_size=2),
    ScheduledSize(name="day", cron="0 7 * * *", time_zone="Europe/Berlin", min_size=2, max_size=8),
)


@dataclass(frozen=True)
class FakeTargetGroup:
    """A `TrafficSource` with fixed values."""

    arn: str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1"
    arn_suffix: str = "targetgroup/web/1"
    load_balancer_suffix: str = "app/web/2"
    rules: tuple[ITerraformDependable, ...] = ()


def build_fleet(
    config: FleetConfig,
    *,
    target_group: TrafficSource | None = None,
    listens_on: Port | None = None,
    id: str = "workers",
) -> Callable[[Stack], Fleet]:
    """Return a function that builds a network and one fleet in it."""

    def build(stack: Stack) -> Fleet:
        network = Network(
            stack, "network", config=NetworkConfig(cidr="10.0.0.0/16", zones=("euw1-az1", "euw1-az2"))
        )
        return Fleet(
            stack,
            id,
            subnets=network.private,
            config=config,
            target_group=target_group,
            listens_on=listens_on,
        )

    return build

"""Production with a fleet. Tests plant errors in it: it has types that production doesn't use."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cdktf import App

from arqctl.core.assembly import Stack, read_assembly
from constructs_arq.compute.fleet import Fleet
from constructs_arq.compute.fleet_config import FleetConfig, PredictiveScaling, ScalingStep
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.core.stack import Stack as ArqStack
from constructs_arq.network.network import Network
from environments.platform import platform
from environments.production import PRODUCTION
from environments.services import services

_FLEET = FleetConfig(
    image="al2023-ami-2023.9.20251208.0-kernel-6.1-arm64",
    instance_types=("m7g.xlarge", "m6g.xlarge", "c7g.2xlarge", "r7g.xlarge"),
    on_demand_base=2,
    on_demand_percent_above_base=50,
    scaling=ScalingPolicy(min_size=2, max_size=12),
    steps=(ScalingStep(above_cpu_percent=85, add_percent=50),),
    predictive=PredictiveScaling.FORECAST_AND_SCALE,
)


@cache
def production_with_fleet() -> Stack:
    """Return production's stack with a fleet `workers`, synthesized once."""
    with TemporaryDirectory() as folder:
        # The platform's alarms don't include the fleet, which a validation reports.
        app = App(outdir=folder, skip_validation=True)
        # Services add roles, and rules of security groups, to the AWS stack.
        services(app, PRODUCTION, platform(app, PRODUCTION))
        stack = app.node.find_child(PRODUCTION.name)
        assert isinstance(stack, ArqStack)
        network = stack.node.find_child("network")
        assert isinstance(network, Network)
        Fleet(stack, "workers", subnets=network.private, config=_FLEET)
        app.synth()
        (synthesized,) = (each for each in read_assembly(Path(folder)) if each.name == PRODUCTION.name)
        return synthesized

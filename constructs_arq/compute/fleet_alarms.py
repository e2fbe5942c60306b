"""By what a fleet is watched."""

from collections.abc import Sequence

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.scaling import ScalingPolicy

_HIGH_CPU_PERCENT = 90


def fleet_alarms(name: str, scaling: ScalingPolicy) -> Sequence[Alarm]:
    """The alarms of the autoscaling group `name`: too small, unable to grow, overloaded, broken."""
    of_group = {"AutoScalingGroupName": name}
    cpu = Alarm(
        name="cpu",
        summary=f"Instances of {name} use over {_HIGH_CPU_PERCENT} % of their CPU; scaling can't keep up",
        severity=Severity.CRITICAL,
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=of_group,
        threshold=_HIGH_CPU_PERCENT,
    )
    status = Alarm(
        name="status-check",
        summary=f"An instance of {name} fails its status checks and isn't replaced",
        severity=Severity.WARNING,
        namespace="AWS/EC2",
        metric="StatusCheckFailed",
        dimensions=of_group,
        statistic="Maximum",
        threshold=0,
    )
    return (*_size_alarms(name, scaling), cpu, status)


def _size_alarms(name: str, scaling: ScalingPolicy) -> Sequence[Alarm]:
    fewest = min([scaling.min_size, *(size.min_size for size in scaling.schedule)])
    most = max([scaling.max_size, *(size.max_size for size in scaling.schedule)])
    of_group = {"AutoScalingGroupName": name}
    too_few = Alarm(
        name="in-service",
        summary=f"Fewer than {fewest} instances of {name} serve, and it doesn't manage to launch more",
        severity=Severity.CRITICAL,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=of_group,
        statistic="Minimum",
        comparison=Comparison.BELOW,
        threshold=fewest,
        missing_data=MissingData.BREACHING,
    )
    at_most = Alarm(
        name="max-size",
        summary=f"{name} has grown to its {most} instances and can't grow further",
        severity=Severity.WARNING,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=of_group,
        statistic="Minimum",
        comparison=Comparison.AT_LEAST,
        threshold=most,
    )
    return (*([too_few] if fewest > 0 else []), *([at_most] if most > fewest else []))

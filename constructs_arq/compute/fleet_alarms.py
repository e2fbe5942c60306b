"""CloudWatch alarms of a fleet."""

from collections.abc import Mapping, Sequence

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.scaling import ScalingPolicy

_HIGH_CPU_PERCENT = 90


def fleet_alarms(name: str, scaling: ScalingPolicy, *, group_name: str) -> Sequence[Alarm]:
    """Return the alarms of the fleet `name`: size limits, high CPU, failed status checks.

    `group_name` is a reference, so that no alarm exists before the group: missing data would raise it.
    """
    dimensions = {"AutoScalingGroupName": group_name}
    cpu = Alarm(
        name="cpu",
        runbook="fleet-cpu",
        summary=f"Instances of {name} use over {_HIGH_CPU_PERCENT} % of their CPU; scaling can't keep up",
        severity=Severity.CRITICAL,
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=dimensions,
        threshold=_HIGH_CPU_PERCENT,
        evaluations=3,
    )
    status = Alarm(
        name="status-check",
        runbook="fleet-status-check",
        summary=f"An instance of {name} fails its status checks and isn't replaced",
        severity=Severity.WARNING,
        namespace="AWS/EC2",
        metric="StatusCheckFailed",
        dimensions=dimensions,
        statistic="Maximum",
        threshold=0,
    )
    return (*_size_alarms(name, scaling, dimensions), cpu, status)


def _size_alarms(name: str, scaling: ScalingPolicy, dimensions: Mapping[str, str]) -> Sequence[Alarm]:
    min_size = min([scaling.min_size, *(size.min_size for size in scaling.schedule)])
    max_size = max([scaling.max_size, *(size.max_size for size in scaling.schedule)])
    below_min = Alarm(
        name="in-service",
        runbook="fleet-in-service",
        summary=f"Fewer than {min_size} instances of {name} serve, and it doesn't manage to launch more",
        severity=Severity.WARNING,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=dimensions,
        statistic="Minimum",
        comparison=Comparison.BELOW,
        threshold=min_size,
        missing_data=MissingData.BREACHING,
    )
    at_max = Alarm(
        name="max-size",
        runbook="fleet-max-size",
        summary=f"{name} has grown to its {max_size} instances and can't grow further",
        severity=Severity.WARNING,
        namespace="AWS/AutoScaling",
        metric="GroupInServiceInstances",
        dimensions=dimensions,
        statistic="Minimum",
        comparison=Comparison.AT_LEAST,
        threshold=max_size,
    )
    return (*([below_min] if min_size > 0 else []), *([at_max] if max_size > min_size else []))

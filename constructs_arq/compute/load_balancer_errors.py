"""The alarm on errors of a load balancer, and conditions on these errors."""

from typing import Final

from constructs_arq.core.alarm import Alarm, Comparison, Condition, Severity

_NAMESPACE: Final = "AWS/ApplicationELB"
_METRIC: Final = "HTTPCode_ELB_5XX_Count"
_ERRORS_PER_MINUTE: Final = 10


def make_errors_alarm(load_balancer_suffix: str) -> Alarm:
    """Return the alarm on 5xx that the load balancer itself answers."""
    return Alarm(
        name="errors",
        runbook="load-balancer-errors",
        summary="The load balancer itself answers with 5xx: targets are missing, unhealthy or too slow",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric=_METRIC,
        dimensions={"LoadBalancer": load_balancer_suffix},
        statistic="Sum",
        threshold=_ERRORS_PER_MINUTE,
        evaluations=3,
    )


def few_errors(load_balancer_suffix: str) -> Condition:
    """Return the condition that the alarm on errors is quiet."""
    return _condition(load_balancer_suffix, Comparison.AT_MOST, _ERRORS_PER_MINUTE)


def any_errors(load_balancer_suffix: str) -> Condition:
    """Return the condition that the load balancer itself answers with at least one 5xx in a minute."""
    return _condition(load_balancer_suffix, Comparison.ABOVE, 0)


def _condition(load_balancer_suffix: str, comparison: Comparison, value: float) -> Condition:
    return Condition(
        namespace=_NAMESPACE,
        metric=_METRIC,
        dimensions={"LoadBalancer": load_balancer_suffix},
        statistic="Sum",
        comparison=comparison,
        value=value,
        # ELB publishes no data without errors.
        default=0,
    )

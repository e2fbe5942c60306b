"""Objectives of the platform: the availability and the latency of the site and of the API."""

from constructs_arq.core.slo import (
    DistributionAvailability,
    DistributionLatency,
    HttpAvailability,
    HttpLatency,
    Slo,
)

# The buckets of services/api/metrics.py.
_API_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)


# No promise, and no measurement yet.
_NEED = (
    "Users need it. AWS refunds below its figures, and plans with higher ones. The report of error budgets "
    "decides after 28 days in production whether the objective stays."
)
# Programs that scan the internet send a few bad requests to each site.
_SCAN_FAILURES = 60


def configure_slos() -> tuple[Slo, ...]:
    """Return the objectives of production and staging, whose alerts a release rehearses in staging."""
    return (
        Slo(service="api", objective=99.9, indicator=HttpAvailability(namespace="shop")),
        Slo(
            service="api",
            objective=99.7,
            indicator=HttpLatency(namespace="shop", buckets=_API_BUCKETS, threshold_seconds=0.3),
        ),
        Slo(
            service="site",
            objective=99.9,
            indicator=DistributionAvailability(),
            reason=_NEED,
            minimum_failures=_SCAN_FAILURES,
        ),
        Slo(
            service="site",
            objective=99.7,
            indicator=DistributionLatency(threshold_seconds=2),
            minimum_failures=_SCAN_FAILURES,
        ),
    )

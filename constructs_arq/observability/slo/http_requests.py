"""Queries for the requests of a service, and for those that failed an objective."""

import re
from typing import Final

from constructs_arq.core.slo import HttpAvailability, HttpLatency, PrometheusIndicator, Slo

_SERVER_ERRORS: Final = "5.."


def count_requests(service: str, indicator: PrometheusIndicator, window: str) -> str:
    """Return the query for requests per second, on average in a window."""
    return _rate(service, indicator, "count", window, _counted(indicator))


def count_failures(service: str, indicator: PrometheusIndicator, window: str) -> str:
    """Return the query for failed requests per second. Without failures, there may be no series."""
    if isinstance(indicator, HttpAvailability):
        return _rate(service, indicator, "count", window, f'status=~"{_SERVER_ERRORS}"')
    fast = _rate(service, indicator, "bucket", window, f'{_counted(indicator)}, le="{_bound(indicator)}"')
    # The two rates are rounded separately.
    return f"clamp_min({count_requests(service, indicator, window)} - {fast}, 0)"


def collects_requests(service: str, indicator: PrometheusIndicator) -> str:
    """Return a query with a result while pods are scraped: they count probes even if users send nothing."""
    return f"sum({indicator.histogram}_count{{{_target(service, indicator)}}})"


def is_down(slo: Slo, indicator: HttpAvailability) -> str:
    """Return the query for 1 while the deployment has no available pod, else 0."""
    labels = f'namespace="{indicator.namespace}", deployment="{slo.service}"'
    return f"max(kube_deployment_status_replicas_available{{{labels}}} == bool 0)"


def _rate(service: str, indicator: PrometheusIndicator, suffix: str, window: str, matchers: str) -> str:
    selected = ", ".join(filter(None, (_target(service, indicator), _routes(indicator), matchers)))
    return f"sum(rate({indicator.histogram}_{suffix}{{{selected}}}[{window}]))"


def _counted(indicator: PrometheusIndicator) -> str:
    """Return the matchers for the requests that count: a latency is that of successful requests."""
    return "" if isinstance(indicator, HttpAvailability) else f'status!~"{_SERVER_ERRORS}"'


def _target(service: str, indicator: PrometheusIndicator) -> str:
    return f'namespace="{indicator.namespace}", service="{service}"'


def _routes(indicator: PrometheusIndicator) -> str:
    routes = "|".join(map(re.escape, indicator.ignored_routes))
    # PromQL has no escapes between backquotes.
    return f"route!~`{routes}`" if routes else ""


def _bound(indicator: HttpLatency) -> str:
    """Return the bound as in the label of the bucket: Prometheus 3 writes `1.0` for 1.

    https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
    """
    return repr(float(indicator.threshold_seconds))

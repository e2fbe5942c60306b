"""The dashboard of a web service: requests, errors, response times and saturation."""

from constructs_arq.observability.grafana.dashboard import Dashboard, Row, show_errors
from constructs_arq.observability.grafana.panels import Graph, Number, Query

_REQUESTS = "http_request_duration_seconds_count"
_BUCKETS = "http_request_duration_seconds_bucket"
_PERCENTILES = (0.5, 0.95, 0.99)
# Probes and scrapes are no requests of users.
_USERS = 'route!~"/healthz|/readyz|/metrics"'
_WINDOW = "[$__rate_interval]"
# The share of requests that an objective of 99.9 % lets fail.
_FAILED_LIMIT = 0.001


def service_dashboard(*, service: str, namespace: str, slow_seconds: float) -> Dashboard:
    """Return the dashboard of a service that has the metrics of the reference API."""
    target = f'namespace="{namespace}", service="{service}"'
    requests = f"{{{target}, {_USERS}}}"
    pods = f'namespace="{namespace}", pod=~"{service}-.+"'
    return Dashboard(
        name=service,
        title=f"Service {service}",
        rows=[
            _now(requests, f'{{namespace="{namespace}", deployment="{service}"}}', slow_seconds),
            _traffic(requests, slow_seconds),
            _saturation(target),
            _pods(pods, f'{{namespace="{namespace}", horizontalpodautoscaler="{service}"}}'),
            show_errors(namespace, service),
        ],
    )


def _now(requests: str, deployment: str, slow_seconds: float) -> Row:
    ready = Query(f"kube_deployment_status_replicas_available{deployment}", "ready")
    return Row(
        "Now",
        [
            Number("Requests", "reqps", Query(f"sum(rate({_REQUESTS}{requests}[5m]))", "requests")),
            Number(
                "Failed requests",
                "percentunit",
                Query(_failed(requests, "[5m]"), "failed"),
                limit=_FAILED_LIMIT,
            ),
            Number(
                "Response time, 99 %",
                "s",
                Query(_percentile(0.99, requests, "[5m]"), "99 %"),
                limit=slow_seconds,
            ),
            Number("Ready pods", "short", ready, limit=1, low_is_bad=True),
        ],
    )


def _traffic(requests: str, slow_seconds: float) -> Row:
    by_route = Query(f"sum by (route) (rate({_REQUESTS}{requests}{_WINDOW}))", "{{route}}")
    percentiles = [Query(_percentile(rank, requests, _WINDOW), f"{rank * 100:g} %") for rank in _PERCENTILES]
    slowest = Query(_percentile(0.95, requests, _WINDOW, by="le, route"), "{{route}}")
    return Row(
        "Requests",
        [
            Graph("Requests by route", "reqps", [by_route]),
            Graph("Failed requests", "percentunit", [Query(_failed(requests, _WINDOW), "failed")]),
            Graph("Response time", "s", percentiles, limit=slow_seconds),
            Graph("Response time by route, 95 %", "s", [slowest]),
        ],
    )


def _saturation(target: str) -> Row:
    in_flight = Query(f"sum by (pod) (http_requests_in_flight{{{target}}})", "{{pod}}")
    pool = [
        Query(f"sum by (state) (database_pool_connections{{{target}}})", "{{state}}"),
        Query(f"sum(database_pool_max_connections{{{target}}})", "largest pool"),
        Query(f"sum(database_pool_waiting_requests{{{target}}})", "waiting requests"),
    ]
    return Row(
        "Saturation",
        [
            Graph("Requests in progress", "short", [in_flight]),
            Graph(
                "Connections to the database",
                "short",
                pool,
                "Requests wait if all connections of the pool are used.",
            ),
        ],
    )


def _pods(pods: str, autoscaler: str) -> Row:
    cpu = f'sum by (pod) (rate(container_cpu_usage_seconds_total{{{pods}, container!=""}}{_WINDOW}))'
    memory = f'sum by (pod) (container_memory_working_set_bytes{{{pods}, container!=""}})'
    restarts = f"sum by (pod) (increase(kube_pod_container_status_restarts_total{{{pods}}}[1h]))"
    size = "kube_horizontalpodautoscaler_status_current_replicas"
    largest = "kube_horizontalpodautoscaler_spec_max_replicas"
    return Row(
        "Pods",
        [
            Graph("CPU", "short", [Query(cpu, "{{pod}}")]),
            Graph("Memory", "bytes", [Query(memory, "{{pod}}")]),
            Graph(
                "Number of pods",
                "short",
                [Query(f"{size}{autoscaler}", "pods"), Query(f"{largest}{autoscaler}", "largest number")],
            ),
            Graph("Restarts in an hour", "short", [Query(restarts, "{{pod}}")]),
        ],
    )


def _failed(requests: str, window: str) -> str:
    """Return the share of failed requests: 0 if none failed, and no value without requests."""
    failures = f'sum(rate({_REQUESTS}{requests[:-1]}, status=~"5.."}}{window}))'
    all_requests = f"sum(rate({_REQUESTS}{requests}{window}))"
    return f"({failures} or 0 * {all_requests}) / ({all_requests} > 0)"


def _percentile(rank: float, requests: str, window: str, *, by: str = "le") -> str:
    return f"histogram_quantile({rank:g}, sum by ({by}) (rate({_BUCKETS}{requests}{window})))"

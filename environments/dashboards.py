"""The dashboards of an environment."""

from collections.abc import Mapping

from constructs_arq.observability.grafana.aws import (
    cache_dashboard,
    cost_dashboard,
    database_dashboard,
    edge_dashboard,
)
from constructs_arq.observability.grafana.cluster import cluster_dashboard
from constructs_arq.observability.grafana.dashboard import Dashboard
from constructs_arq.observability.grafana.service import service_dashboard
from constructs_arq.observability.grafana.slo import slo_dashboard
from constructs_arq.observability.grafana.worker import worker_dashboard
from environments.environment import Environment

# The latency objective of the API.
_SLOW_SECONDS = 0.3


def make_dashboards(env: Environment) -> Mapping[str, str]:
    """Return the JSON documents of the dashboards by name."""
    dashboards = [
        service_dashboard(service="api", namespace="shop", slow_seconds=_SLOW_SECONDS),
        *([_receipts()] if env.shop.receipts else []),
        cluster_dashboard(),
        database_dashboard(),
        cache_dashboard(),
        edge_dashboard(),
        cost_dashboard(),
        *([slo_dashboard(env.slos)] if env.slos else []),
    ]
    return {dashboard.name: dashboard.render() for dashboard in dashboards}


def _receipts() -> Dashboard:
    return worker_dashboard(service="receipts", namespace="shop", sender="api")

"""The recovery that a configuration can reach, derived from the table of figures."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from constructs_arq.core.recovery import DataSet, Loss, Recovery
from constructs_arq.core.recovery_cluster_routes import log_routes, metric_routes, service_routes
from constructs_arq.core.recovery_data_routes import cache_routes, database_routes
from constructs_arq.core.recovery_facts import RecoveryFacts
from constructs_arq.core.recovery_object_routes import (
    image_routes,
    queue_routes,
    secret_routes,
    site_routes,
    state_routes,
)
from constructs_arq.core.recovery_route import Route

_ROUTES: Final[dict[DataSet, Callable[[RecoveryFacts, Loss], Iterator[Route]]]] = {
    DataSet.SERVICES: service_routes,
    DataSet.DATABASE: database_routes,
    DataSet.CACHE: cache_routes,
    DataSet.SITE: site_routes,
    DataSet.STATE: state_routes,
    DataSet.IMAGES: image_routes,
    DataSet.SECRETS: secret_routes,
    DataSet.QUEUE: queue_routes,
    DataSet.METRICS: metric_routes,
    DataSet.LOGS: log_routes,
}


def find_routes(facts: RecoveryFacts, loss: Loss, data_set: DataSet) -> Sequence[Route]:
    """Return all ways to recover a data set, the fastest first. None if it is lost for good.

    Raises:
        FigureError: if the table of figures lacks a figure.
    """
    return sorted(_ROUTES[data_set](facts, loss), key=_speed)


def choose_route(facts: RecoveryFacts, loss: Loss, data_set: DataSet, objective: Recovery) -> Route | None:
    """Return the fastest way that reaches an objective. None if there is none."""
    routes = find_routes(facts, loss, data_set)
    return next((route for route in routes if reaches(route, objective)), None)


def reaches(route: Route, objective: Recovery) -> bool:
    """Return whether a way to recover is as fast as the objective, and loses no more."""
    if route.rto > objective.rto:
        return False
    return objective.rpo is None or (route.rpo is not None and route.rpo <= objective.rpo)


def _speed(route: Route) -> tuple[timedelta, timedelta]:
    return route.rto, timedelta.max if route.rpo is None else route.rpo
